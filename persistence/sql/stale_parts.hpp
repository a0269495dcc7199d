// What is emptied or deleted does not stay in the index of searches: its parts are built anew. Whatever empties or
// deletes messages calls one of these first, in the same transaction.
#pragma once
#include "persistence/sql/driver.hpp"
#include "protocol/words/ids.hpp"

namespace salond::persistence {

/// The parts that hold some of these messages are to be built anew.
void mark_stale(driver& on, const std::vector<int64_t>& message_ids);
/// Those that hold some of a salon's messages from one order number to another, both included.
void mark_stale(driver& on, salon_id salon, int64_t first, int64_t last);
/// Those that hold some of an author's messages.
void mark_stale_of(driver& on, user_id author);

} // namespace salond::persistence
