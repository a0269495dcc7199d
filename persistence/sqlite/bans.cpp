// Kicks and bans in SQLite.
#include "persistence/sqlite/sqlite_store.hpp"
#include "protocol/words/names.hpp"

namespace salond::persistence {

using sqlite::blob;

bool sqlite_store::banned_for_good(const std::string& username_key) {
  return db_->ask("SELECT 1 FROM bans WHERE username_key = ? AND until_ms IS NULL", blob{username_key}).next();
}

std::optional<std::string> sqlite_store::out_as(const std::string& username_key, moment now) {
  auto found = db_->ask("SELECT username FROM bans WHERE username_key = ? AND (until_ms IS NULL OR until_ms > ?)",
                        blob{username_key}, to_ms(now));
  return found.next() ? std::optional(found.text(0)) : std::nullopt;
}

void sqlite_store::put_ban(const user& target, std::optional<moment> until, const decision& why) {
  const auto key = key_of(target.username);
  end_ban(key);
  db_->run("INSERT INTO bans(username_key, username, until_ms, created_ms, reason) VALUES (?, ?, ?, ?, ?)", blob{key},
           target.username, until ? std::optional(to_ms(*until)) : std::nullopt, to_ms(why.at), why.reason);
}

void sqlite_store::end_ban(const std::string& username_key) {
  db_->run("DELETE FROM bans WHERE username_key = ?", blob{username_key});
}

void sqlite_store::forget_kicks(moment now) {
  db_->run("DELETE FROM bans WHERE until_ms <= ?", to_ms(now));
}

void sqlite_store::delete_account(user_id who) {
  // Before messages go: their order numbers are never used again. Of every salon, since an index knows the highest of
  // each, while only a walk through all messages would tell which ones the user wrote in.
  db_->run("UPDATE salons SET last_seq = (SELECT max(seq) FROM messages m WHERE m.salon_id = salons.salon_id) "
           "WHERE last_seq < (SELECT max(seq) FROM messages m WHERE m.salon_id = salons.salon_id)");
  db_->run("DELETE FROM messages WHERE client_id % 8 = ?1 % 8 AND +client_id = ?1", who.value);
  // Memberships, requests, tokens and private messages go with the account, by their foreign keys.
  db_->run("DELETE FROM clients WHERE client_id = ?", who.value);
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
