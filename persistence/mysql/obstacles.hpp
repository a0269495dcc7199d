// What would keep the tables of a database from being made, changed or taken over: looked for before anything is
// changed, by the dry run and the real one alike. Each obstacle is a sentence that says what to do.
#pragma once
#include "persistence/mysql/schema.hpp"

namespace salond::persistence::mysql {

/// Of the server and of the user's rights, whatever is in the database. Changes nothing: the rights are tried on a
/// table that is not there.
std::vector<std::string> obstacles_to_any_change(connection& db);

/// Throws `setup` with all of them, one a line, unless there is none.
void refuse_obstacles(const std::vector<std::string>& all);

/// Of the four tables of the replaced server besides: what others made in and around them. REQUIRES: the tables are
/// there. Changes nothing.
std::vector<std::string> obstacles_to_takeover(connection& db);

} // namespace salond::persistence::mysql
