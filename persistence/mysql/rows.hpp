// What stands in a row of MySQL and MariaDB.
#pragma once
#include "persistence/column_words.hpp"
#include "persistence/mysql/connection.hpp"

namespace salond::persistence::mysql {

/// The account in the present row. REQUIRES: the question's first columns are SALOND_USER_COLUMNS.
user user_in(const result& row);

} // namespace salond::persistence::mysql
