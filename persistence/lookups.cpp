#include "persistence/lookups.hpp"
#include "persistence/backup/tables.hpp"
#include "protocol/words/time.hpp"

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

std::vector<member_row> members_of(store& db, salon_id salon) {
  const auto& table = table_named("salons_adheres");
  std::vector<member_row> result;
  for (table_row last;;) {
    const auto rows = db.rows_with(table, column_named(table, "salon_id"), salon.value, last, rows_a_look);
    if (rows.empty())
      return result;
    for (const auto& row : rows)
      result.push_back({text_in(row, table, "username"), number_in(row, table, "by_moderator") != 0});
    last = rows.back();
  }
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

deleted_part delete_messages_of(store& db, user_id author, std::optional<moment> since, std::optional<moment> until,
                                const table_row& after, size_t most) {
  const auto& table = table_named("messages");
  auto rows = db.rows_with(table, column_named(table, "client_id"), author.value, after, most);
  std::vector<message_id> which;
  for (const auto& row : rows) {
    const auto at = from_ms(number_in(row, table, "created_ms"));
    if ((!since || at >= *since) && (!until || at < *until) && !text_in(row, table, "contenu").empty())
      which.push_back(message_id{number_in(row, table, "message_id")});
  }
  db.delete_messages(which);
  return {which.size(), rows.empty() ? table_row{} : std::move(rows.back())};
}

} // namespace salond::persistence
