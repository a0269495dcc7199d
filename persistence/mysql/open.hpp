// From a configured address to a store in MySQL or MariaDB.
#pragma once
#include "persistence/mysql/connection.hpp"
#include "persistence/open.hpp"

namespace salond::persistence {

/// Opens `where`, makes or migrates its tables, and takes over a database of the replaced server. Throws store_error as
/// open() does.
std::unique_ptr<store> open_mysql(const config::mysql_database& where, const open_options& options,
                                  const mysql::tuning& tuning = {});

/// As join().
joined_node join_mysql(const config::mysql_database& where, const open_options& options, const node_entry& who,
                       const mysql::tuning& tuning = {});

/// What open_mysql would change, one sentence a line; changes nothing. Throws as open_mysql().
std::vector<std::string> dry_run_mysql(const config::mysql_database& where, const open_options& options);

/// Whether there is nothing in it, and nothing was ever done in it; changes nothing. Throws as open_mysql().
bool is_empty_mysql(const config::mysql_database& where, const open_options& options);

} // namespace salond::persistence
