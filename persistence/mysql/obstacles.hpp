// What would keep the tables of a database from being made, changed or taken over: looked for before anything is
// changed, by the dry run and the real one alike. Each obstacle is a sentence that says what to do.
#pragma once
#include "persistence/mysql/schema.hpp"

namespace salond::persistence::mysql {

/// Of the user's limits: whatever salond does needs so many connections at once.
std::vector<std::string> obstacles_to_any_start(connection& db, int64_t connections);

/// Adds those of the server's settings, and of the user's limits by the hour.
void look_at_server(connection& db, std::vector<std::string>& found);

/// Of the server, of the user's rights, and of the names and options of tables, whatever is in the database. Changes
/// nothing: the rights are tried on a table that is not there.
std::vector<std::string> obstacles_to_any_change(connection& db);

/// Throws `setup` with all of them, one a line, unless there is none.
void refuse_obstacles(const std::vector<std::string>& all);

/// Of the four tables of the replaced server besides: what others made in and around them. REQUIRES: the tables are
/// there. Changes nothing.
std::vector<std::string> obstacles_to_takeover(connection& db);

} // namespace salond::persistence::mysql
