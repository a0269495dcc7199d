// Kicks and bans in MySQL and MariaDB.
#include "persistence/mysql/mysql_store.hpp"
#include "persistence/mysql/rows.hpp"
#include "protocol/words/names.hpp"

namespace salond::persistence {
namespace {

// Far below a read time-out on a slow disk, though all parts are one transaction.
constexpr int64_t rows_a_statement = 5000;

} // namespace

bool mysql_store::banned_for_good(const std::string& username_key) {
  return db().number("SELECT 1 FROM bans WHERE username_key = ? AND until_ms IS NULL", {username_key}).has_value();
}

void mysql_store::put_ban(const user& target, std::optional<moment> until, const decision& why) {
  const auto key = key_of(target.username);
  end_ban(key);
  db().run(
      "INSERT INTO bans(username_key, username, until_ms, created_ms, reason) VALUES (?, ?, ?, ?, ?)",
      {key, target.username, until ? mysql::value(to_ms(*until)) : mysql::value(nullptr), to_ms(why.at), why.reason});
}

// A cascade over many rows would be one statement, and might take longer than an answer is waited for.
void mysql_store::delete_in_parts(const char* statement, user_id who) {
  while (db().run(statement, {who.value, rows_a_statement}) == rows_a_statement) {
  }
}

void mysql_store::delete_account(user_id who) {
  // Before messages go: their order numbers are never used again.
  db().run("UPDATE salons SET last_seq = GREATEST(last_seq, COALESCE("
           "(SELECT MAX(seq) FROM messages m WHERE m.salon_id = salons.salon_id), 0))");
  delete_in_parts("DELETE FROM messages WHERE client_id = ? ORDER BY message_id LIMIT ?", who);
  delete_in_parts("DELETE FROM private_messages WHERE from_client_id = ? ORDER BY pm_id LIMIT ?", who);
  delete_in_parts("DELETE FROM private_messages WHERE to_client_id = ? ORDER BY pm_id LIMIT ?", who);
  // Memberships, requests and tokens go with the account, by their foreign keys.
  db().run("DELETE FROM clients WHERE client_id = ?", {who.value});
  known_authors_.erase(who);
}

std::optional<std::string> mysql_store::out_as(const std::string& username_key, moment now) {
  return db().word("SELECT username FROM bans WHERE username_key = ? AND (until_ms IS NULL OR until_ms > ?)",
                   {username_key, to_ms(now)});
}

void mysql_store::end_ban(const std::string& username_key) {
  db().run("DELETE FROM bans WHERE username_key = ?", {username_key});
}

void mysql_store::forget_kicks(moment now) {
  db().run("DELETE FROM bans WHERE until_ms <= ?", {to_ms(now)});
}

std::vector<salond::ban> mysql_store::bans(moment now) {
  auto found = db().ask("SELECT username_key, username, until_ms FROM bans WHERE until_ms IS NULL OR until_ms > ? "
                        "ORDER BY username_key",
                        {to_ms(now)});
  std::vector<salond::ban> result;
  while (found.next()) {
    const auto until = found.is_null(2) ? std::nullopt : std::optional(from_ms(found.integer(2)));
    result.push_back({found.text(0), found.text(1), until});
  }
  return result;
}

} // namespace salond::persistence
