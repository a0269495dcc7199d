// The tables in SQLite's dialect, as numbered steps, each run once. `PRAGMA user_version` is the number of the last.
// Tables and columns bear the names of the replaced server's; times are milliseconds since 1970, UTC.
#pragma once
#include "persistence/sqlite/database.hpp"

namespace salond::persistence::sqlite {

/// The number of the last step in the file, 0 for an empty one. Changes nothing. Throws store_error::setup for a
/// database that is not salond's or was made by a newer salond.
int64_t schema_version(database& db);

/// What the steps after `version` do, one sentence each.
std::vector<std::string> steps_after(int64_t version);

/// Runs the steps that are missing, all in one transaction; answers what they did. Throws store_error.
std::vector<std::string> migrate(database& db);

/// Writes what usernames look like where it is not written yet. REQUIRES: the newest schema, a write transaction.
void fill_looks(database& db);

} // namespace salond::persistence::sqlite
