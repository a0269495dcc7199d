// Messages of salons.
#pragma once
#include "persistence/answers.hpp"
#include "protocol/words/outcome.hpp"

namespace salond::persistence {

class message_store {
public:
  virtual ~message_store() = default;

  /// The last `count` messages with an order number below `before`, oldest first; those whose text is empty are kept
  /// but not shown.
  virtual std::vector<chat_message> history(salon_id salon, int64_t before, size_t count) const = 0;
  /// The last `count` messages, oldest first, as a first piece and the numbers of the others. A few short ones are one
  /// question to the database.
  virtual history_page begin_history(salon_id salon, size_t count) const = 0;
  static constexpr size_t max_looked_through = 2000;
  /// Searches the last messages below `before` for a text, as far as it comes in the time that it takes to look through
  /// `max_looked_through` short messages, so that others have their turn in between: by the index where there is one.
  /// Answers the newest `count` that hold it, as search_form() has it.
  virtual searched_part look_through(salon_id salon, const std::string& text, int64_t before, size_t count) const = 0;
  /// Those of them that are still shown. REQUIRES: rising order numbers that make up a piece.
  virtual std::vector<chat_message> at(salon_id salon, const std::vector<int64_t>& seqs) const = 0;
  /// "AUTHOR (SALON: message ID)" of a message that is shown; nothing where there is none.
  virtual std::optional<std::string> describe(message_id which) const = 0;

  /// unknown_user when the author's account is gone. The order numbers of a salon are never reused: the store keeps
  /// (salon, seq) unique.
  virtual outcome<done> append(const new_message& message) = 0;
  /// The texts go; their rows stay, and their order numbers are not used again.
  virtual void empty(const std::vector<message_id>& which) = 0;
};

} // namespace salond::persistence
