// From a configured path to a store in one SQLite file, or in memory.
#pragma once
#include "persistence/open.hpp"

namespace salond::persistence {

/// Opens `where`, makes it if it is not there, and brings its tables up to date. Throws store_error as open() does.
std::unique_ptr<store> open_sqlite(
    const config::sqlite_database& where, const reporter& report = [](const std::string&) {});

/// As fault_of_place().
std::optional<std::string> fault_of_place_sqlite(const config::sqlite_database& where, const std::string& made);

/// What open_sqlite would change, one sentence a line; changes nothing. Throws as open_sqlite().
std::vector<std::string> dry_run_sqlite(const config::sqlite_database& where);

/// Whether there is nothing in it, and nothing was ever done in it; changes nothing. Throws as open_sqlite().
bool is_empty_sqlite(const config::sqlite_database& where);

} // namespace salond::persistence
