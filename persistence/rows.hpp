// What stands in the rows of every database alike. `Found` is a store's answer to a question: next() goes to the next
// row, and integer(), text() and is_null() read its columns, counted from 0. Each function reads the answer to its end.
#pragma once
#include "persistence/answers.hpp"
#include "persistence/backup/tables.hpp"
#include "protocol/words/time.hpp"
#include <algorithm>

namespace salond::persistence {

/// REQUIRES: columns client_id, username, salon_id, created_ms.
template <class Found>
std::vector<join_request> requests_in(Found& found) {
  std::vector<join_request> result;
  while (found.next())
    result.push_back({user_id{found.integer(0)}, found.text(1), salon_id{found.integer(2)}, from_ms(found.integer(3))});
  return result;
}

/// REQUIRES: columns salon_id, nom_salon, accepted, created_ms.
template <class Found>
std::vector<decided_request> decisions_in(Found& found) {
  std::vector<decided_request> result;
  while (found.next())
    result.push_back({salon_id{found.integer(0)}, found.text(1), found.integer(2) != 0, from_ms(found.integer(3))});
  return result;
}

/// REQUIRES: columns username, alias, created_ms, address.
template <class Found>
std::vector<registration> registrations_in(Found& found) {
  std::vector<registration> result;
  while (found.next())
    result.push_back({found.text(0), found.text(1), from_ms(found.integer(2)), found.text(3)});
  return result;
}

/// REQUIRES: columns username_key, address, last_ms, latest first.
template <class Found>
std::vector<known_address> known_addresses_in(Found& found) {
  std::vector<known_address> result;
  while (found.next())
    result.push_back({found.text(0), found.text(1), from_ms(found.integer(2))});
  std::reverse(result.begin(), result.end());
  return result;
}

/// REQUIRES: columns salon_id, client_id, ordered by the first.
template <class Found>
std::vector<new_members> members_in(Found& found) {
  std::vector<new_members> result;
  while (found.next()) {
    const salon_id salon{found.integer(0)};
    if (result.empty() || result.back().salon != salon)
      result.push_back({salon, {}});
    result.back().who.push_back(user_id{found.integer(1)});
  }
  return result;
}

/// Adds names. REQUIRES: columns username_key, alias_key.
template <class Found>
void add_names(taken_names& to, Found& found) {
  while (found.next()) {
    to.usernames.insert(found.text(0));
    to.aliases.insert(found.text(1));
  }
}

/// REQUIRES: the columns of the table, in their order.
template <class Found>
std::vector<table_row> rows_in(Found& found, const stored_table& of) {
  std::vector<table_row> result;
  while (found.next()) {
    auto& row = result.emplace_back();
    row.reserve(of.columns.size());
    int at = 0;
    for (const auto& column : of.columns) {
      if (found.is_null(at))
        row.emplace_back(nullptr);
      else if (column.what == table_column::kind::number)
        row.emplace_back(found.integer(at));
      else
        row.emplace_back(found.text(at));
      ++at;
    }
  }
  return result;
}

} // namespace salond::persistence
