// What stands in a row of MySQL and MariaDB.
#pragma once
#include "persistence/column_words.hpp"
#include "persistence/mysql/connection.hpp"

namespace salond::persistence::mysql {

/// The account in the present row. REQUIRES: the question's first columns are SALOND_USER_COLUMNS.
user user_in(const result& row);

/// Identifiers of any kind as their columns hold them.
template <class Id>
std::vector<int64_t> numbers_of(const std::vector<Id>& ids) {
  std::vector<int64_t> result;
  result.reserve(ids.size());
  for (const auto one : ids)
    result.push_back(one.value);
  return result;
}

} // namespace salond::persistence::mysql
