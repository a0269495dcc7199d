// Kicks and bans in MySQL and MariaDB. A refused decision leaves its line in the audit log as well.
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

std::optional<fault> mysql_store::why_not_remove(const std::string& target_key, const outcome<user>& target,
                                                 const decision& why) {
  if (target_key == key_of(why.by))
    return fault::not_allowed;
  if (banned_for_good(target_key))
    return fault::already_banned;
  if (!target)
    return fault::unknown_user;
  return is_last_administrator(*target) ? std::optional(fault::not_allowed) : std::nullopt;
}

void mysql_store::put_ban(const user& target, std::optional<moment> until, const decision& why) {
  const auto key = key_of(target.username);
  db().run("DELETE FROM bans WHERE username_key = ?", {key});
  db().run(
      "INSERT INTO bans(username_key, username, until_ms, created_ms, reason) VALUES (?, ?, ?, ?, ?)",
      {key, target.username, until ? mysql::value(to_ms(*until)) : mysql::value(nullptr), to_ms(why.at), why.reason});
}

outcome<removed_user> mysql_store::kick(const std::string& target_key, moment until, const decision& why) {
  const auto target = find_user(target_key);
  if (const auto refusal = why_not_remove(target_key, target, why))
    return refuse(why, "kick", target ? target->username : target_key, *refusal);
  db().run("DELETE FROM bans WHERE until_ms <= ?", {to_ms(why.at)}); // kicks that are over
  put_ban(*target, until, why);
  note(why, "kick", target->username, "done");
  return removed_user{target->id, target->username, salons_of(target->username)};
}

// A cascade over many rows would be one statement, and might take longer than an answer is waited for.
void mysql_store::delete_in_parts(const char* statement, user_id who) {
  while (db().run(statement, {who.value, rows_a_statement}) == rows_a_statement) {
  }
}

outcome<removed_user> mysql_store::ban(const std::string& target_key, const decision& why) {
  const auto target = find_user(target_key);
  if (const auto refusal = why_not_remove(target_key, target, why))
    return refuse(why, "ban", target ? target->username : target_key, *refusal);
  const removed_user result{target->id, target->username, salons_of(target->username)};
  put_ban(*target, std::nullopt, why);
  // Before messages go: their order numbers are never used again.
  db().run("UPDATE salons SET last_seq = GREATEST(last_seq, COALESCE("
           "(SELECT MAX(seq) FROM messages m WHERE m.salon_id = salons.salon_id), 0))");
  delete_in_parts("DELETE FROM messages WHERE client_id = ? ORDER BY message_id LIMIT ?", target->id);
  delete_in_parts("DELETE FROM private_messages WHERE from_client_id = ? ORDER BY pm_id LIMIT ?", target->id);
  delete_in_parts("DELETE FROM private_messages WHERE to_client_id = ? ORDER BY pm_id LIMIT ?", target->id);
  // Memberships, requests and tokens go with the account, by their foreign keys.
  db().run("DELETE FROM clients WHERE client_id = ?", {target->id.value});
  known_authors_.erase(target->id);
  note(why, "ban", target->username, "done");
  return result;
}

outcome<done> mysql_store::unban(const std::string& target_key, const decision& why) {
  const auto username =
      db().word("SELECT username FROM bans WHERE username_key = ? AND (until_ms IS NULL OR until_ms > ?)",
                {target_key, to_ms(why.at)});
  if (!username)
    return refuse(why, "unban", target_key, fault::unknown_user);
  db().run("DELETE FROM bans WHERE username_key = ?", {target_key});
  note(why, "unban", *username, "done");
  return done{};
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
