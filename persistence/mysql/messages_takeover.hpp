// The messages' part of the take-over: the one big table, in one conversion, ranges of rows, and one last ALTER.
#pragma once
#include "persistence/mysql/schema.hpp"

namespace salond::persistence::mysql {

/// What will be repaired in messages, one sentence a line, out of SELECTs alone.
std::vector<std::string> describe_messages(connection& db);

/// Repeatable as the whole take-over. REQUIRES: clients and salons are converted, the repairs' table is there.
void take_over_messages(connection& db, const reporter& report);

} // namespace salond::persistence::mysql
