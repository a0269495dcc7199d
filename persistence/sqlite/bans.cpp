// Kicks and bans in SQLite. A refused decision leaves its line in the audit log as well.
#include "persistence/sqlite/sqlite_store.hpp"
#include "protocol/words/names.hpp"

namespace salond::persistence {

using sqlite::blob;

bool sqlite_store::banned_for_good(const std::string& username_key) {
  return db_->ask("SELECT 1 FROM bans WHERE username_key = ? AND until_ms IS NULL", blob{username_key}).next();
}

std::optional<fault> sqlite_store::why_not_remove(const std::string& target_key, const outcome<user>& target,
                                                  const decision& why) {
  if (target_key == key_of(why.by))
    return fault::not_allowed;
  if (banned_for_good(target_key))
    return fault::already_banned;
  if (!target)
    return fault::unknown_user;
  return is_last_administrator(*target) ? std::optional(fault::not_allowed) : std::nullopt;
}

outcome<removed_user> sqlite_store::kick(const std::string& target_key, moment until, const decision& why) {
  const auto target = find_user(target_key);
  if (const auto refusal = why_not_remove(target_key, target, why))
    return refuse(why, "kick", target ? target->username : target_key, *refusal);
  db_->run("DELETE FROM bans WHERE until_ms <= ?", to_ms(why.at)); // kicks that are over
  db_->run("INSERT OR REPLACE INTO bans(username_key, username, until_ms, created_ms, reason) VALUES (?, ?, ?, ?, ?)",
           blob{target_key}, target->username, to_ms(until), to_ms(why.at), why.reason);
  note(why, "kick", target->username, "done");
  return removed_user{target->id, target->username, salons_of(target->username)};
}

outcome<removed_user> sqlite_store::ban(const std::string& target_key, const decision& why) {
  const auto target = find_user(target_key);
  if (const auto refusal = why_not_remove(target_key, target, why))
    return refuse(why, "ban", target ? target->username : target_key, *refusal);
  removed_user result{target->id, target->username, salons_of(target->username)};
  db_->run(
      "INSERT OR REPLACE INTO bans(username_key, username, until_ms, created_ms, reason) VALUES (?, ?, NULL, ?, ?)",
      blob{target_key}, target->username, to_ms(why.at), why.reason);
  // Before messages go: their order numbers are never used again. Of every salon, since an index knows the highest of
  // each, while only a walk through all messages would tell which ones the user wrote in.
  db_->run("UPDATE salons SET last_seq = (SELECT max(seq) FROM messages m WHERE m.salon_id = salons.salon_id) "
           "WHERE last_seq < (SELECT max(seq) FROM messages m WHERE m.salon_id = salons.salon_id)");
  // Memberships, requests, tokens and messages of both kinds go with the account, by their foreign keys. Deleting the
  // messages by a statement of its own would walk through all of them twice.
  db_->run("DELETE FROM clients WHERE client_id = ?", target->id.value);
  note(why, "ban", target->username, "done");
  return result;
}

outcome<done> sqlite_store::unban(const std::string& target_key, const decision& why) {
  std::string username;
  {
    auto found = db_->ask("SELECT username FROM bans WHERE username_key = ? AND (until_ms IS NULL OR until_ms > ?)",
                          blob{target_key}, to_ms(why.at));
    if (found.next())
      username = found.text(0);
  }
  if (username.empty())
    return refuse(why, "unban", target_key, fault::unknown_user);
  db_->run("DELETE FROM bans WHERE username_key = ?", blob{target_key});
  note(why, "unban", username, "done");
  return done{};
}

std::vector<salond::ban> sqlite_store::bans(moment now) {
  auto found = db_->ask("SELECT username_key, username, until_ms FROM bans WHERE until_ms IS NULL OR until_ms > ? "
                        "ORDER BY username_key",
                        to_ms(now));
  std::vector<salond::ban> result;
  while (found.next()) {
    const auto until = found.is_null(2) ? std::nullopt : std::optional(from_ms(found.integer(2)));
    result.push_back({found.text(0), found.text(1), until});
  }
  return result;
}

} // namespace salond::persistence
