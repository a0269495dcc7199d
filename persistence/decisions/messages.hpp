// Which messages are deleted.
#pragma once
#include "persistence/contracts/access.hpp"
#include "persistence/fields.hpp"
#include "protocol/words/outcome.hpp"
#include "protocol/words/records.hpp"
#include <optional>

namespace salond::persistence::decisions {

/// The text goes; its order number stays used. A line in the audit log, of a refusal as well. no_such_message.
outcome<done> delete_message(const writing& db, message_id which, const decision& why);

/// A part of an author's messages of a time.
struct deleted_part {
  size_t count = 0; ///< how many texts went
  table_row last;   ///< the last message that was looked at; empty: there are no more
};

/// Which of an author's messages: no bound where there is none.
struct messages_meant {
  std::optional<moment> since, until; ///< from the one on, before the other
  int64_t below = 0;                  ///< with lower numbers
};
/// The number of the message that is posted next.
int64_t next_message(const reading& db);
/// Deletes the texts of those of the next `most` messages behind `after` that are meant. Writes no line into the audit
/// log: the caller does, once for all parts.
deleted_part delete_messages_of(const writing& db, user_id author, const messages_meant& meant, const table_row& after,
                                size_t most);

} // namespace salond::persistence::decisions
