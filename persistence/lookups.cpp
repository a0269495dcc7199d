#include "persistence/lookups.hpp"
#include "persistence/backup/tables.hpp"
#include "protocol/words/names.hpp"
#include "protocol/words/time.hpp"
#include <algorithm>

namespace salond::persistence {
namespace {

constexpr size_t rows_a_look = 500;

const field& value_of(const table_row& row, const stored_table& of, const char* column) {
  return row.at(column_named(of, column));
}

std::string text_in(const table_row& row, const stored_table& of, const char* column) {
  const auto* text = std::get_if<std::string>(&value_of(row, of, column));
  return text ? *text : std::string{};
}

int64_t number_in(const table_row& row, const stored_table& of, const char* column) {
  const auto* number = std::get_if<int64_t>(&value_of(row, of, column));
  return number ? *number : 0;
}

} // namespace

member_page members_after(store& db, salon_id salon, const table_row& after) {
  const auto& table = table_named("salons_adheres");
  auto rows = db.rows_with(table, column_named(table, "salon_id"), salon.value, after, rows_a_look);
  member_page result;
  for (const auto& row : rows)
    result.members.push_back({text_in(row, table, "username"), number_in(row, table, "by_moderator") != 0});
  if (rows.size() == rows_a_look)
    result.last = std::move(rows.back());
  return result;
}

std::vector<std::string> moderators_of(store& db, salon_id salon) {
  const auto &moderators = table_named("moderators"), &clients = table_named("clients");
  const auto id = column_named(clients, "client_id");
  std::vector<std::string> result;
  for (const auto& row : db.rows_with(moderators, column_named(moderators, "salon_id"), salon.value, {}, rows_a_look))
    for (const auto& who : db.rows_with(clients, id, value_of(row, moderators, "client_id"), {}, 1))
      result.push_back(text_in(who, clients, "username"));
  return result;
}

int64_t next_message(store& db) {
  return db.next_number(table_named("messages"));
}

deleted_part delete_messages_of(store& db, user_id author, const messages_meant& meant, const table_row& after,
                                size_t most) {
  const auto& table = table_named("messages");
  auto rows = db.rows_with(table, column_named(table, "client_id"), author.value, after, most);
  std::vector<message_id> which;
  bool over = rows.empty();
  for (const auto& row : rows) {
    const auto at = from_ms(number_in(row, table, "created_ms"));
    const auto id = number_in(row, table, "message_id");
    over = over || id >= meant.below;
    if (!over && (!meant.since || at >= *meant.since) && (!meant.until || at < *meant.until)
        && !text_in(row, table, "contenu").empty())
      which.push_back(message_id{id});
  }
  db.delete_messages(which);
  return {which.size(), over ? table_row{} : std::move(rows.back())};
}

std::vector<registration> registrations_of(store& db, const registration_filter& which) {
  auto all = db.registrations();
  const auto other = [&](const registration& one) {
    return (which.network && one.network != *which.network) || (which.before && one.at >= *which.before);
  };
  all.erase(std::remove_if(all.begin(), all.end(), other), all.end());
  return all;
}

accepted_registrations accept_registrations(store& db, const std::vector<registration>& which, const decision& why) {
  accepted_registrations result;
  for (const auto& one : which) {
    const auto made = db.accept_registration(key_of(one.username), why);
    if (made)
      result.made.push_back(*made);
    else if (made.why() != fault::no_such_request) // somebody else decided meanwhile
      result.refused.push_back(one.username);
  }
  return result;
}

} // namespace salond::persistence
