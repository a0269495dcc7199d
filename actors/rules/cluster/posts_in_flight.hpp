// The posts of one node's clients in one salon that are not answered yet. Each is answered once, truly: stored when a
// message bears its number, refused when it is certain that it never will be.
//
// After each attaching what is read in the store shows which of them are stored. The home's answer says which others it
// has: those it will decide. What it had taken, does not have any more and is not stored was refused. So was, by this
// home or an earlier one, what is not stored though a later one is: homes decide in order, and to send it again would
// change the order. All others are sent again, in order, under the same numbers.
#pragma once
#include "actors/rules/cluster/frames.hpp"

namespace salond::rules::cluster {

class posts_in_flight {
public:
  /// One that was never sent is refused after so long: it certainly is not stored.
  static constexpr auto unsent_for = std::chrono::seconds{5};

  struct entry {
    post_number number;
    connection_id from;
    user_id author;
    std::string text;
    instant since{};
    bool ever_sent = false;
    std::string author_name = {};
    std::string salon_as_typed = {}; ///< for the answer, where it is refused
  };

  bool empty() const { return entries_.empty(); }
  size_t size() const { return entries_.size(); }
  const std::vector<entry>& entries() const { return entries_; }

  /// Takes one in behind the others. REQUIRES: its number is greater than theirs.
  void add(entry sent) { entries_.push_back(std::move(sent)); }
  /// A message bears the number. The entry, to be answered; nothing if it is none of these.
  std::optional<entry> stored(post_number which);
  /// Its home refuses it.
  std::optional<entry> refused(post_number which) { return take(which); }

  /// The home answered, and all messages up to those that it named were shown to stored(). Who is certainly refused,
  /// though the reason was lost.
  std::vector<entry> attached(const cluster::attached& answer);
  /// What is to be sent to the home now, in order. Nothing while it is not attached.
  std::vector<post> send(salon_id salon);
  /// The home is lost.
  void detach() { home_.reset(); }

  /// Those that were never sent and have waited for too long: refused.
  std::vector<entry> expire(instant now);

private:
  std::optional<entry> take(post_number which);

  struct chain {
    epoch_number epoch;
    post_number last; ///< taken by the home, or on its way there
  };
  std::vector<entry> entries_; ///< by number
  post_number last_stored_;
  std::optional<chain> home_;
};

} // namespace salond::rules::cluster
