#include "persistence/lookups.hpp"
#include "persistence/contracts/rows.hpp"
#include "persistence/named_values.hpp"

namespace salond::persistence {
namespace {

constexpr size_t rows_a_look = 500;

} // namespace

member_page members_after(const reading& db, salon_id salon, const table_row& after) {
  const auto& table = table_named("salons_adheres");
  auto rows = db.rows.with(table, column_named(table, "salon_id"), salon.value, after, rows_a_look);
  member_page result;
  for (const auto& values : rows) {
    const named_values row(table, values);
    result.members.push_back({row.text("username"), row.number("by_moderator") != 0});
  }
  if (rows.size() == rows_a_look)
    result.last = std::move(rows.back());
  return result;
}

std::vector<std::string> moderators_of(const reading& db, salon_id salon) {
  const auto &moderators = table_named("moderators"), &clients = table_named("clients");
  const auto id = column_named(clients, "client_id");
  std::vector<std::string> result;
  for (const auto& row : db.rows.with(moderators, column_named(moderators, "salon_id"), salon.value, {}, rows_a_look))
    for (const auto& who : db.rows.with(clients, id, named_values(moderators, row).value("client_id"), {}, 1))
      result.push_back(named_values(clients, who).text("username"));
  return result;
}

} // namespace salond::persistence
