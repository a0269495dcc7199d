// What a take-over accepts in the four tables of the replaced server. Everything else in them is named, a sentence each
// with what to do: a list of what is refused would never end (docs/decisions/0019-what-a-dry-run-proves.md). All that a
// take-over makes itself is accepted, for one that was interrupted is begun again.
#pragma once
#include "persistence/mysql/schema.hpp"

namespace salond::persistence::mysql {

/// Adds the columns that are not accepted, and the tables in which the new ones would find no room.
void find_other_columns(connection& db, std::vector<std::string>& found);

/// Adds the indexes that are not accepted.
void find_other_indexes(connection& db, std::vector<std::string>& found);

/// Adds the options of a table that are not accepted, with the statement that takes them away. REQUIRES: it is there.
void find_other_options(connection& db, const std::string& table, std::vector<std::string>& found);

/// Adds the rows that the new columns could not hold, five of a kind. REQUIRES: the definitions are accepted.
void find_other_rows(connection& db, std::vector<std::string>& found);

/// The columns of the replaced server's that hold texts, with their character sets, by table and name.
struct text_column {
  std::string table, name, character_set;
};
std::vector<text_column> old_text_columns(connection& db);

} // namespace salond::persistence::mysql
