// Accounts, sessions and tokens in SQLite.
#include "persistence/rows.hpp"
#include "persistence/sqlite/rows.hpp"
#include "persistence/sqlite/sqlite_store.hpp"
#include "protocol/words/lookalikes.hpp"
#include "protocol/words/names.hpp"

namespace salond::persistence {

using sqlite::blob;

outcome<user> sqlite_store::find_user(const std::string& username_key) {
  auto found = db_->ask("SELECT " SALOND_USER_COLUMNS " FROM clients c WHERE c.username_key = ?", blob{username_key});
  if (!found.next())
    return fault::unknown_user;
  return sqlite::user_in(found);
}

outcome<user> sqlite_store::user_of(user_id who) {
  auto found = db_->ask("SELECT " SALOND_USER_COLUMNS " FROM clients c WHERE c.client_id = ?", who.value);
  if (!found.next())
    return fault::unknown_user;
  return sqlite::user_in(found);
}

user sqlite_store::insert_user(const new_user& who) {
  const auto key = key_of(who.username);
  const auto alias_key = key_of(who.alias);
  const auto looks = skeletons_of(who.username);
  db_->run(
      "INSERT INTO clients(username, username_key, look_folded, look_spelled, alias, alias_key, password_hash, role) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      who.username, blob{key}, blob{looks.folded}, blob{looks.spelled}, who.alias, blob{alias_key}, who.password_hash,
      to_word(who.role));
  const user_id id{db_->last_insert_id()};
  db_->run("INSERT INTO salons_adheres(username, salon_id) SELECT ?, salon_id FROM salons "
           "WHERE policy = 'auto' AND archived_ms IS NULL "
           "ORDER BY salon_id",
           who.username);
  return {id, who.username, who.alias, who.password_hash, who.role};
}

bool sqlite_store::replace_hash(user_id who, const std::string& expected, const std::string& hash) {
  return db_->run("UPDATE clients SET password_hash = ? WHERE client_id = ? AND password_hash = ?", hash, who.value,
                  expected)
         > 0;
}

std::vector<similar_user> sqlite_store::users_like(const skeletons& looks) {
  const blob folded{looks.folded}, spelled{looks.spelled};
  auto found = db_->ask(question_for_similar_users, folded, spelled, folded, spelled, folded, spelled, folded, spelled);
  return similar_users_in(found);
}

bool sqlite_store::is_alias_taken(const std::string& alias_key) {
  return db_
      ->ask("SELECT 1 FROM clients WHERE alias_key = ? UNION ALL SELECT 1 FROM registrations WHERE alias_key = ?",
            blob{alias_key}, blob{alias_key})
      .next();
}

// --- accounts that wait ---

std::optional<new_user> sqlite_store::waiting_user(const std::string& username_key) {
  auto found = db_->ask("SELECT username, alias, password_hash, address FROM registrations WHERE username_key = ?",
                        blob{username_key});
  if (!found.next())
    return std::nullopt;
  return new_user{found.text(0), found.text(1), found.text(2), role::user, found.text(3)};
}

std::vector<registration> sqlite_store::registrations() {
  auto found =
      db_->ask("SELECT username, alias, created_ms, address FROM registrations ORDER BY created_ms, username_key");
  return registrations_in(found);
}

size_t sqlite_store::count_registrations() {
  auto found = db_->ask("SELECT count(*) FROM registrations");
  return found.next() ? static_cast<size_t>(found.integer(0)) : 0;
}

void sqlite_store::insert_registration(const new_user& who, moment at) {
  const auto key = key_of(who.username), alias_key = key_of(who.alias);
  const auto looks = skeletons_of(who.username);
  db_->run("INSERT INTO registrations(username_key, username, look_folded, look_spelled, alias_key, alias,"
           " password_hash, created_ms, address) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
           blob{key}, who.username, blob{looks.folded}, blob{looks.spelled}, blob{alias_key}, who.alias,
           who.password_hash, to_ms(at), who.network);
}

void sqlite_store::end_registration(const std::string& username_key) {
  db_->run("DELETE FROM registrations WHERE username_key = ?", blob{username_key});
}

// --- sessions ---

outcome<arrival> sqlite_store::open_session(user_id who, moment now) {
  const auto account = user_of(who);
  if (!account)
    return account.why();
  {
    auto out = db_->ask("SELECT b.until_ms FROM clients c JOIN bans b ON b.username_key = c.username_key "
                        "WHERE c.client_id = ? AND (b.until_ms IS NULL OR b.until_ms > ?)",
                        who.value, to_ms(now));
    if (out.next())
      return out.is_null(0) ? fault::banned : fault::kicked;
  }
  db_->run("UPDATE clients SET status = 'connected', last_seen_ms = ? WHERE client_id = ?", to_ms(now), who.value);
  auto waiting = private_messages_for(who);
  return arrival{salons_of(account->username), std::move(waiting.texts), decisions_for(who), std::move(waiting.later)};
}

void sqlite_store::close_sessions(const std::vector<user_id>& who, requests what, moment now) {
  for (const auto one : who) {
    db_->run(
        "UPDATE clients SET status = 'disconnected', last_seen_ms = ? WHERE client_id = ? AND status <> 'disconnected'",
        to_ms(now), one.value);
    if (what == requests::end)
      db_->run("DELETE FROM join_requests WHERE client_id = ?", one.value);
  }
}

// --- where owners were ---

void sqlite_store::remember_address(user_id who, const std::string& address, moment now) {
  db_->run("INSERT INTO known_addresses(client_id, address, last_ms) VALUES (?, ?, ?) "
           "ON CONFLICT(client_id, address) DO UPDATE SET last_ms = max(last_ms, excluded.last_ms)",
           who.value, address, to_ms(now));
  db_->run("DELETE FROM known_addresses WHERE last_ms <= ?", to_ms(now - address_life));
  db_->run("DELETE FROM known_addresses WHERE client_id = ?1 AND address NOT IN (SELECT address FROM known_addresses "
           "WHERE client_id = ?1 ORDER BY last_ms DESC LIMIT ?2)",
           who.value, int64_t{most_known_addresses});
}

std::vector<known_address> sqlite_store::known_addresses(moment since, size_t most) {
  auto found =
      db_->ask("SELECT c.username_key, k.address, k.last_ms FROM known_addresses k "
               "JOIN clients c ON c.client_id = k.client_id WHERE k.last_ms > ? ORDER BY k.last_ms DESC LIMIT ?",
               to_ms(since), limit_of(most));
  return known_addresses_in(found);
}

void sqlite_store::issue_token(user_id who, const std::string& hash, moment now, moment expires) {
  db_->run("DELETE FROM sessions WHERE expires_ms <= ?", to_ms(now)); // nobody else clears them away
  db_->run("DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM sessions WHERE client_id = ? "
           "ORDER BY created_ms DESC LIMIT -1 OFFSET ?)",
           who.value, most_tokens - 1);
  // Out of `clients`, for the account may have gone in this very transaction.
  db_->run("INSERT INTO sessions(token_hash, client_id, created_ms, expires_ms) "
           "SELECT ?, client_id, ?, ? FROM clients WHERE client_id = ?",
           blob{hash}, to_ms(now), to_ms(expires), who.value);
}

outcome<user> sqlite_store::redeem_token(const std::string& hash, moment now) {
  outcome<user> result = fault::wrong_credentials;
  {
    auto found = db_->ask("SELECT " SALOND_USER_COLUMNS ", s.expires_ms FROM sessions s "
                          "JOIN clients c ON c.client_id = s.client_id WHERE s.token_hash = ?",
                          blob{hash});
    if (!found.next())
      return fault::wrong_credentials;
    if (found.integer(5) > to_ms(now))
      result = sqlite::user_in(found);
  }
  db_->run("DELETE FROM sessions WHERE token_hash = ?", blob{hash});
  return result;
}

} // namespace salond::persistence
