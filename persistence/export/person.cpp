#include "persistence/export/person.hpp"
#include "persistence/contracts/accounts.hpp"
#include "persistence/contracts/audit.hpp"
#include "persistence/contracts/rows.hpp"
#include "persistence/named_values.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond::persistence {
namespace {

constexpr size_t rows_a_piece = 500, lines_a_piece = 1000;
constexpr size_t max_rows = 100000; // of a list that is short

/// Rows of a table that have a value in a column; `take` is given each.
template <class Take>
void for_each_row(const reading& db, const char* name, const char* column, const field& value, Take take) {
  const auto& table = table_named(name);
  for (const auto& row : db.rows.with(table, column_named(table, column), value, {}, max_rows))
    take(named_values(table, row));
}

/// A name by its number, looked for once; "" where there is none.
std::string name_of(std::unordered_map<int64_t, std::string>& known, const reading& db, const char* table,
                    const char* key, const char* column, int64_t number) {
  const auto [place, is_new] = known.emplace(number, "");
  if (is_new)
    for_each_row(db, table, key, number,
                 [&, found = place](const named_values& row) { found->second = row.text(column); });
  return place->second;
}

} // namespace

std::string person_export::salon_name(const reading& db, int64_t number) {
  return name_of(salons_, db, "salons", "salon_id", "nom_salon", number);
}

/// "" of who is gone.
std::string person_export::username(const reading& db, int64_t number) {
  const auto known = names_.find(number);
  if (known != names_.end())
    return known->second;
  const auto found = db.accounts.numbered(user_id{number});
  return names_[number] = found ? found->username : "";
}

std::vector<std::string> person_export::salons_in(const reading& db, const char* table, const char* column,
                                                  const field& value) {
  std::vector<std::string> result;
  for_each_row(db, table, column, value,
               [&](const named_values& row) { result.push_back(salon_name(db, row.number("salon_id"))); });
  return result;
}

person_summary person_export::summary(const reading& db) {
  const field id = who_.id.value;
  person_summary all;
  for_each_row(db, "clients", "client_id", id, [&](const named_values& row) {
    all.last_seen = row.time("last_seen_ms");
    all.disabled = row.time("disabled_ms");
  });
  all.salons = salons_in(db, "salons_adheres", "username", who_.username);
  all.moderates = salons_in(db, "moderators", "client_id", id);
  for_each_row(db, "join_requests", "client_id", id, [&](const named_values& row) {
    all.requests.push_back({salon_name(db, row.number("salon_id")), row.time("created_ms")});
  });
  for_each_row(db, "notices", "client_id", id, [&](const named_values& row) {
    const salon_id salon{row.number("salon_id")};
    all.decisions_not_told.push_back(
        {salon, salon_name(db, salon.value), row.number("accepted") != 0, from_ms(row.number("created_ms"))});
  });
  for_each_row(db, "sessions", "client_id", id, [&](const named_values& row) {
    all.tokens.push_back({row.time("created_ms"), row.time("expires_ms")});
  });
  for_each_row(db, "known_addresses", "client_id", id, [&](const named_values& row) {
    all.known_addresses.push_back({row.text("address"), row.time("last_ms")});
  });
  for_each_row(db, "bans", "username_key", key_of(who_.username), [&](const named_values& row) {
    all.out = person_summary::kick{row.time("created_ms"), row.time("until_ms"), row.text("reason")};
  });
  return all;
}

/// Rows of a table, by `read`, that name the user in a column.
template <class Row, class Read>
person_piece<Row> person_export::rows_of(const reading& db, const char* table, const char* column, Read read) {
  const auto& of = table_named(table);
  auto found = db.rows.with(of, column_named(of, column), who_.id.value, last_, rows_a_piece);
  person_piece<Row> result;
  for (const auto& row : found)
    result.rows.push_back(read(named_values(of, row)));
  result.over = found.empty(); // fewer than a piece may be all that is held at once
  last_ = found.empty() ? table_row{} : std::move(found.back());
  return result;
}

person_piece<written_message> person_export::messages(const reading& db) {
  return rows_of<written_message>(db, "messages", "client_id", [&](const named_values& row) -> written_message {
    return {row.number("message_id"), salon_name(db, row.number("salon_id")), row.time("created_ms"),
            row.text("contenu")};
  });
}

person_piece<exchanged_message> person_export::private_messages(const reading& db, const char* own, const char* other) {
  auto result =
      rows_of<exchanged_message>(db, "private_messages", own, [&](const named_values& row) -> exchanged_message {
        return {row.number("pm_id"), username(db, row.number(other)), row.time("created_ms"), row.time("delivered_ms"),
                row.text("contenu")};
      });
  const auto is_of_nobody = [](const exchanged_message& each) { return each.with.empty(); };
  result.rows.erase(std::remove_if(result.rows.begin(), result.rows.end(), is_of_nobody), result.rows.end());
  return result;
}

person_piece<exchanged_message> person_export::sent(const reading& db) {
  return private_messages(db, "from_client_id", "to_client_id");
}

person_piece<exchanged_message> person_export::received(const reading& db) {
  return private_messages(db, "to_client_id", "from_client_id");
}

person_piece<audit_line> person_export::audit(const reading& db) {
  if (!borne_)
    borne_.emplace(db, who_.username);
  person_piece<audit_line> result;
  auto lines = db.audit.after(last_line_, lines_a_piece);
  result.over = lines.size() < lines_a_piece;
  for (auto& line : lines) {
    last_line_ = line.id;
    if (borne_->concerns_this_account(line))
      result.rows.push_back(std::move(line));
  }
  return result;
}

} // namespace salond::persistence
