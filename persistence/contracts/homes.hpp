// Which node stores in which salon, and who is there, where several nodes write to one database. Who may become a
// salon's home is decided by actors/rules/cluster/homes.hpp; what a home is, by
// docs/decisions/0032-homes-and-the-fence.md. REQUIRES of all functions: the database is one that nodes can share.
#pragma once
#include "persistence/answers.hpp"
#include <utility>

namespace salond::persistence {

/// A salon's row.
struct stored_home {
  int64_t run = 0;   ///< which run of a node is, or was last, its home
  int64_t epoch = 0; ///< how often that has changed
  bool gone = false; ///< that run is over
};

/// A message with the number of its post.
struct posted_message {
  int64_t seq = 0;
  int64_t post = 0; ///< 0: not of a node
  user_id author;
  std::string author_name; ///< as the author is called now
  std::string text;        ///< empty: not shown any more
  moment at;
};

class home_store {
public:
  virtual ~home_store() = default;

  /// Nothing where it never had one.
  virtual std::optional<stored_home> of(salon_id salon) const = 0;
  /// Of all salons that ever had one: which run it is, or was last.
  virtual std::vector<std::pair<salon_id, int64_t>> all() const = 0;
  /// The greatest order number that was ever given in the salon, as far as committed.
  virtual int64_t last_seq(salon_id salon) const = 0;
  /// Messages with an order number above `after` and at most `up_to`, in their order; the first `most`.
  virtual std::vector<posted_message> posted(salon_id salon, int64_t after, int64_t up_to, size_t most) const = 0;

  /// That run is to give its salons and its clients away over so many seconds, and to end: it learns it as news.
  virtual void ask_to_drain(int64_t run, int64_t seconds) = 0;

  /// Usernames of members who are connected with any node, in the order of their keys, behind `after_key`; the first
  /// `most`.
  virtual std::vector<std::string> connected_members(salon_id salon, const std::string& after_key,
                                                     size_t most) const = 0;

  /// As of(), and nobody else changes it before this transaction ends. Where there is no row yet, and another puts one
  /// meanwhile, the transaction runs again.
  virtual std::optional<stored_home> lock(salon_id salon) = 0;
  /// REQUIRES: lock() found none in this transaction.
  virtual void add(salon_id salon, const stored_home& first) = 0;
  /// REQUIRES: lock() found one in this transaction.
  virtual void change(salon_id salon, const stored_home& next) = 0;
};

} // namespace salond::persistence
