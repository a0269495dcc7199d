#include "persistence/backup/tables.hpp"
#include <stdexcept>

namespace salond::persistence {
namespace {

constexpr auto number = table_column::kind::number;
constexpr auto text = table_column::kind::text;
constexpr auto bytes = table_column::kind::bytes;
constexpr bool or_null = true;

// clang-format off
const std::vector<stored_table> tables = {
    {"clients", {{"client_id", number}, {"username", text}, {"username_key", bytes}, {"alias", text},
                 {"alias_key", bytes}, {"password_hash", text}, {"status", text}, {"role", text}, {"last_seen_ms", number, or_null},
                 {"disabled_ms", number, or_null}, {"gone_ms", number, or_null, 14}}, 1, true},
    {"salons", {{"salon_id", number}, {"nom_salon", text}, {"nom_key", bytes}, {"policy", text}, {"last_seq", number},
                {"topic", text}, {"archived_ms", number, or_null}, {"retention_days", number, or_null, 14}}, 1, true},
    {"salons_adheres", {{"id", number}, {"username", text}, {"salon_id", number}, {"by_moderator", number}}, 1, true},
    // Author and salon may be missing in rows of the replaced server.
    {"messages", {{"message_id", number}, {"client_id", number, or_null}, {"salon_id", number, or_null},
                  {"seq", number}, {"contenu", text}, {"created_ms", number}}, 1, true},
    {"private_messages", {{"pm_id", number}, {"from_client_id", number}, {"to_client_id", number}, {"contenu", text},
                          {"created_ms", number}, {"delivered_ms", number, or_null}}, 1, true},
    {"join_requests", {{"salon_id", number}, {"client_id", number}, {"created_ms", number}}, 2},
    {"moderators", {{"client_id", number}, {"salon_id", number}}, 2},
    {"notices", {{"client_id", number}, {"salon_id", number}, {"accepted", number}, {"created_ms", number}}, 2},
    {"sessions", {{"token_hash", bytes}, {"client_id", number}, {"created_ms", number}, {"expires_ms", number}}},
    {"known_addresses", {{"client_id", number}, {"address", text}, {"last_ms", number}}, 2},
    {"registrations", {{"username_key", bytes}, {"username", text}, {"alias_key", bytes}, {"alias", text},
                       {"password_hash", text}, {"created_ms", number}, {"address", text}}},
    {"invitations", {{"invitation_id", number}, {"code_hash", bytes}, {"uses", number}, {"used", number},
                     {"created_ms", number}, {"expires_ms", number}, {"by_whom", text}}, 1, true},
    {"invitation_salons", {{"invitation_id", number}, {"salon_id", number}}, 2},
    {"bans", {{"username_key", bytes}, {"username", text}, {"until_ms", number, or_null}, {"created_ms", number},
              {"reason", text}, {"by_whom", text}}},
    {"address_bans", {{"network", text}, {"until_ms", number, or_null}, {"created_ms", number}, {"reason", text},
                      {"by_whom", text}}},
    {"departures", {{"gone_id", number}, {"since_ms", number}, {"receipt", number}, {"messages", number},
                    {"private_messages", number}, {"reached", number}, {"ended_ms", number, or_null}}, 1, false, 14},
    {"audit", {{"audit_id", number}, {"at_ms", number}, {"by_whom", text}, {"from_where", text}, {"what", text},
               {"to_whom", text}, {"reason", text}, {"result", text}, {"node", text, or_null}}, 1, true},
};
// clang-format on

using by = personal_column::by;
const std::vector<personal_column> people = {
    {"clients", "client_id", by::number},
    {"salons_adheres", "username", by::username},
    {"messages", "client_id", by::number},
    {"private_messages", "from_client_id", by::number},
    {"private_messages", "to_client_id", by::number},
    {"join_requests", "client_id", by::number},
    {"moderators", "client_id", by::number},
    {"notices", "client_id", by::number},
    {"sessions", "client_id", by::number},
    {"known_addresses", "client_id", by::number},
    {"registrations", "username_key", by::key},
    {"bans", "username_key", by::key},
};

} // namespace

const std::vector<personal_column>& personal_columns() {
  return people;
}

const stored_table& table_named(std::string_view name) {
  for (const auto& table : tables)
    if (table.name == name)
      return table;
  throw std::logic_error("there is no table " + std::string(name));
}

size_t column_named(const stored_table& of, std::string_view name) {
  for (size_t place = 0; place < of.columns.size(); ++place)
    if (of.columns[place].name == name)
      return place;
  throw std::logic_error(std::string(of.name) + " has no column " + std::string(name));
}

const std::vector<stored_table>& stored_tables() {
  return tables;
}

std::string column_names(const stored_table& of, size_t count) {
  std::string result;
  for (size_t place = 0; place < count; ++place)
    result += (place == 0 ? "" : ", ") + std::string(of.columns[place].name);
  return result;
}

} // namespace salond::persistence
