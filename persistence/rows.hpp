// What stands in the rows of every database alike. `Found` is a store's answer to a question: next() goes to the next
// row, and integer(), text() and is_null() read its columns, counted from 0. Each function but rows_in() reads the
// answer to its end.
#pragma once
#include "persistence/answers.hpp"
#include "persistence/backup/tables.hpp"
#include "persistence/column_words.hpp"
#include "persistence/store.hpp"
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

/// REQUIRES: columns pm_id, username, contenu, created_ms; bytes() of them without a copy.
template <class Found>
private_page private_page_in(Found& found) {
  private_page page;
  size_t bytes = 0;
  while (found.next()) {
    const weighed row{found.integer(0), weight_of(found.bytes(2), found.bytes(1))};
    bytes += row.bytes;
    if (page.later.empty() && (page.texts.empty() || bytes <= most_piece_bytes))
      page.texts.push_back({private_id{row.number}, found.text(1), found.text(2), from_ms(found.integer(3))});
    else
      page.later.push_back(row);
  }
  return page;
}

/// Whether a mailbox has no room for `size` bytes more of an author. REQUIRES: a row of how many wait, their bytes, how
/// many of them are the author's, and the bytes of these.
template <class Found>
bool is_mailbox_full(const Found& found, int64_t size, int column = 0) {
  const auto all = found.integer(column), bytes = found.integer(column + 1);
  const auto own = found.integer(column + 2), own_bytes = found.integer(column + 3);
  if (all >= store::most_waiting || own >= store::most_waiting_of_one)
    return true;
  return all != 0 && own_bytes + size > store::bytes_left_for(bytes - own_bytes);
}

/// Adds names. REQUIRES: columns username_key, alias_key, look_folded, look_spelled, role.
template <class Found>
void add_names(taken_names& to, Found& found) {
  while (found.next()) {
    to.usernames.insert(found.text(0));
    to.aliases.insert(found.text(1));
    const auto role = role_of(found.text(4));
    for (const auto look : {2, 3}) {
      auto& highest = to.looks.emplace(found.text(look), role).first->second;
      highest = std::max(highest, role);
    }
  }
}
/// What add_names() reads, one question for accounts and one for those who wait.
inline constexpr const char* questions_for_names[] = {
    "SELECT username_key, alias_key, look_folded, look_spelled, role FROM clients",
    "SELECT username_key, alias_key, look_folded, look_spelled, 'user' FROM registrations"};

/// Asks for similar_users_in(), with four times the two skeletons.
inline constexpr const char* question_for_similar_users =
    "SELECT client_id, role FROM clients WHERE look_folded IN (?, ?) "
    "UNION ALL SELECT client_id, role FROM clients WHERE look_spelled IN (?, ?) "
    "UNION ALL SELECT 0, 'user' FROM registrations WHERE look_folded IN (?, ?) "
    "UNION ALL SELECT 0, 'user' FROM registrations WHERE look_spelled IN (?, ?)";

/// REQUIRES: columns client_id, role.
template <class Found>
std::vector<similar_user> similar_users_in(Found& found) {
  std::vector<similar_user> result;
  while (found.next())
    result.push_back({user_id{found.integer(0)}, role_of(found.text(1))});
  return result;
}

/// A row of a table of usernames.
struct named_row {
  std::string username, key;
};
/// REQUIRES: columns username, username_key.
template <class Found>
std::vector<named_row> named_rows_in(Found& found) {
  std::vector<named_row> result;
  while (found.next())
    result.push_back({found.text(0), found.text(1)});
  return result;
}

/// Whether its rows hold texts of people, which may be long.
inline bool holds_texts(const stored_table& of) {
  return &of == &table_named("messages") || &of == &table_named("private_messages");
}

/// As many as may be held at once. REQUIRES: the columns of the table, in their order.
template <class Found>
std::vector<table_row> rows_in(Found& found, const stored_table& of) {
  const auto text = holds_texts(of) ? column_named(of, "contenu") : of.columns.size();
  size_t bytes = 0;
  std::vector<table_row> result;
  while (bytes < store::most_bytes_of_rows && found.next()) {
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
    if (const auto* shown = text < row.size() ? std::get_if<std::string>(&row[text]) : nullptr)
      bytes += shown->size();
  }
  return result;
}

} // namespace salond::persistence
