// Databases as the replaced server left them.
#pragma once
#include "tests/support/mariadb.hpp"

namespace salond::support {

/// The four tables of the replaced server, empty but for the salons, in this character set and collation and with these
/// options besides.
void make_old_tables(const mariadb_server& on, const std::string& database, const std::string& charset,
                     const std::string& collation, const std::string& more_options = "");

/// All the dirt that docs/text-protocol.md lists, in a few rows.
void add_dirt(const mariadb_server& on, const std::string& database);

/// `users` more users and `messages` more messages of theirs, every second one with the old client's space before it.
void add_many(const mariadb_server& on, const std::string& database, int users, int messages);

/// All tables with all their rows, but for what only a clock or a counter of ids gave.
std::string lasting_content(const config::mysql_database& of);

} // namespace salond::support
