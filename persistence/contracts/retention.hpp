// How long messages are kept, and how those that are too old go (docs/decisions/0053-messages-that-are-too-old.md). A
// message's own time says how old it is, and that need not rise with its order number. So the store remembers of each
// thousand order numbers the oldest message there, as far as somebody looked: what is too old is found without reading
// what is not. Private messages are one more row of messages here, in the order of their numbers.
#pragma once
#include "persistence/answers.hpp"
#include "protocol/words/outcome.hpp"

namespace salond::persistence {

/// A row of messages that grows at its end: a salon's, or all private ones.
struct message_series {
  salon_id salon; ///< 0, which no salon has: the private messages of all

  bool is_private() const { return salon == salon_id{}; }
};

/// A salon's messages, or all private ones, and what is known of their ages.
struct aged_series {
  message_series of;
  std::string name;             ///< the salon's
  std::optional<int64_t> own;   ///< the days that an operator gave the salon; 0: for good
  int64_t newest = 0;           ///< the greatest number there is
  int64_t looked = 0;           ///< somebody looked at the times of messages with a number up to this one
  std::optional<moment> oldest; ///< none of these is older; nothing: there is none
  int64_t untold = 0;           ///< how many went of which the audit log has no line
};

/// Times of some messages, as what is remembered of them.
struct found_ages {
  std::vector<std::pair<int64_t, moment>> oldest; ///< of blocks, by rising number
  int64_t looked = 0;                             ///< up to this number, this one included
};

/// What became of a piece of those that are too old.
struct removed_piece {
  size_t count = 0;
  bool over = false; ///< as far as is known there is nothing more that old
};

/// Messages that are counted part by part.
struct counted_part {
  int64_t count = 0;
  int64_t after = 0; ///< where to go on; 0: there is nothing more
};

class retention_store {
public:
  virtual ~retention_store() = default;

  /// Of one piece: of so many texts' bytes no more are taken.
  static constexpr int64_t max_bytes = 1 << 20;
  /// Messages whose times are looked at in one question.
  static constexpr size_t max_looked_at = 2000;

  /// The days that an operator gave the salon; 0: for good; nothing: the configuration says it.
  virtual std::optional<int64_t> own_days(salon_id salon) const = 0;
  /// Of all salons that have any, archived ones too.
  virtual std::vector<std::pair<salon_id, int64_t>> own_days() const = 0;
  /// Salons behind the number `after`, archived ones too, by rising number, at most `most`: those with days of their
  /// own and, where `all`, those without; and whatever has something untold.
  virtual std::vector<aged_series> salons(bool all, salon_id after, size_t most) const = 0;
  virtual aged_series private_messages() const = 0;
  /// The ages of those behind the number `after`, up to `up_to`, of max_looked_at at most.
  virtual found_ages look_at_ages(message_series of, int64_t after, int64_t up_to) const = 0;
  /// How many of the max_looked_at messages behind the number `after` are older than `before`.
  virtual counted_part count_older(message_series of, int64_t after, moment before) const = 0;

  /// Nothing: as the configuration says. REQUIRES: the salon exists.
  /// When somebody last believed the clock; where nobody did, the time of the audit log's last line; nothing: there is
  /// none.
  virtual std::optional<moment> clock_believed() const = 0;

  /// The clock is believed.
  virtual void believe_clock(moment now) = 0;
  /// own_days(), which no other node changes before this transaction ends.
  virtual std::optional<int64_t> hold_own_days(salon_id salon) = 0;
  virtual void put_own_days(salon_id salon, std::optional<int64_t> days) = 0;
  /// What was found is remembered.
  virtual void put_ages(message_series of, const found_ages& ages) = 0;
  /// Of the messages that are known to be older than `before`, some go, at most `most` and max_bytes of texts. A salon
  /// keeps the highest order number that was used. They are untold.
  virtual removed_piece remove_older(message_series of, moment before, size_t most) = 0;
  /// How many are untold; from now on none is.
  virtual int64_t take_untold(message_series of) = 0;
};

} // namespace salond::persistence
