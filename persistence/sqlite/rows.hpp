// What stands in a row of SQLite.
#pragma once
#include "persistence/column_words.hpp"
#include "persistence/sqlite/database.hpp"

namespace salond::persistence::sqlite {

/// The account in the present row. REQUIRES: the question's first columns are SALOND_USER_COLUMNS.
user user_in(const query& row);

} // namespace salond::persistence::sqlite
