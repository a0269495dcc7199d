// Accounts, sessions and tokens in MySQL and MariaDB.
#include "persistence/mysql/mysql_store.hpp"
#include "persistence/mysql/rows.hpp"
#include "persistence/rows.hpp"
#include "protocol/words/lookalikes.hpp"
#include "protocol/words/names.hpp"

namespace salond::persistence {

outcome<user> mysql_store::find_user(const std::string& username_key) {
  auto found = db().ask("SELECT " SALOND_USER_COLUMNS " FROM clients c WHERE c.username_key = ?", {username_key});
  if (!found.next())
    return fault::unknown_user;
  return mysql::user_in(found);
}

outcome<user> mysql_store::user_of(user_id who) {
  auto found = db().ask("SELECT " SALOND_USER_COLUMNS " FROM clients c WHERE c.client_id = ?", {who.value});
  if (!found.next())
    return fault::unknown_user;
  return mysql::user_in(found);
}

user mysql_store::insert_user(const new_user& who) {
  const auto looks = skeletons_of(who.username);
  db().run(
      "INSERT INTO clients(username, username_key, look_folded, look_spelled, alias, alias_key, password_hash, role) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      {who.username, key_of(who.username), looks.folded, looks.spelled, who.alias, key_of(who.alias), who.password_hash,
       std::string(to_word(who.role))});
  const user_id id{db().last_insert_id()};
  db().run("INSERT INTO salons_adheres(username, salon_id) SELECT ?, salon_id FROM salons "
           "WHERE policy = 'auto' AND archived_ms IS NULL "
           "ORDER BY salon_id",
           {who.username});
  return {id, who.username, who.alias, who.password_hash, who.role};
}

bool mysql_store::replace_hash(user_id who, const std::string& expected, const std::string& hash) {
  return db().run("UPDATE clients SET password_hash = ? WHERE client_id = ? AND password_hash = ?",
                  {hash, who.value, expected})
         > 0;
}

std::vector<similar_user> mysql_store::users_like(const skeletons& looks) {
  auto found = db().ask(question_for_similar_users, {looks.folded, looks.spelled, looks.folded, looks.spelled,
                                                     looks.folded, looks.spelled, looks.folded, looks.spelled});
  return similar_users_in(found);
}

bool mysql_store::is_alias_taken(const std::string& alias_key) {
  return db()
      .number("SELECT 1 FROM clients WHERE alias_key = ? UNION ALL SELECT 1 FROM registrations WHERE alias_key = ? "
              "LIMIT 1",
              {alias_key, alias_key})
      .has_value();
}

// --- accounts that wait ---

std::optional<new_user> mysql_store::waiting_user(const std::string& username_key) {
  auto found = db().ask("SELECT username, alias, password_hash, address FROM registrations WHERE username_key = ?",
                        {username_key});
  if (!found.next())
    return std::nullopt;
  return new_user{found.text(0), found.text(1), found.text(2), role::user, found.text(3)};
}

std::vector<registration> mysql_store::registrations() {
  auto found =
      db().ask("SELECT username, alias, created_ms, address FROM registrations ORDER BY created_ms, username_key");
  return registrations_in(found);
}

size_t mysql_store::count_registrations() {
  return static_cast<size_t>(db().number("SELECT count(*) FROM registrations").value_or(0));
}

void mysql_store::insert_registration(const new_user& who, moment at) {
  const auto looks = skeletons_of(who.username);
  db().run("INSERT INTO registrations(username_key, username, look_folded, look_spelled, alias_key, alias,"
           " password_hash, created_ms, address) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
           {key_of(who.username), who.username, looks.folded, looks.spelled, key_of(who.alias), who.alias,
            who.password_hash, to_ms(at), who.network});
}

void mysql_store::end_registration(const std::string& username_key) {
  db().run("DELETE FROM registrations WHERE username_key = ?", {username_key});
}

// --- sessions ---

outcome<arrival> mysql_store::open_session(user_id who, moment now) {
  arrival result;
  bool decided = false, told = false;
  { // one question, of a row a membership: each costs a way to the database and back, and many may arrive at once
    auto found = db().ask(
        "SELECT b.username_key, b.until_ms, EXISTS(SELECT 1 FROM notices n WHERE n.client_id = c.client_id),"
        " EXISTS(SELECT 1 FROM private_messages p WHERE p.to_client_id = c.client_id AND p.delivered_ms IS NULL),"
        " s.salon_id FROM clients c "
        "LEFT JOIN bans b ON b.username_key = c.username_key AND (b.until_ms IS NULL OR b.until_ms > ?) "
        "LEFT JOIN salons_adheres a ON a.username = c.username "
        "LEFT JOIN salons s ON s.salon_id = a.salon_id AND s.archived_ms IS NULL "
        "WHERE c.client_id = ? ORDER BY s.salon_id",
        {to_ms(now), who.value});
    if (!found.next())
      return fault::unknown_user;
    if (!found.is_null(0))
      return found.is_null(1) ? fault::banned : fault::kicked;
    decided = found.integer(2) != 0;
    told = found.integer(3) != 0;
    do {
      if (!found.is_null(4))
        result.salons.push_back(salon_id{found.integer(4)});
    } while (found.next());
  }
  db().run("UPDATE clients SET status = 'connected', last_seen_ms = ? WHERE client_id = ?", {to_ms(now), who.value});
  if (decided)
    result.decided = decisions_for(who);
  if (told) {
    auto page = private_messages_for(who);
    result.waiting = std::move(page.texts);
    result.later = std::move(page.later);
  }
  return result;
}

void mysql_store::close_sessions(const std::vector<user_id>& who, requests what, moment now) {
  const auto ids = mysql::numbers_of(who);
  run_for_each("UPDATE clients SET status = 'disconnected', last_seen_ms = ? WHERE status <> 'disconnected' "
               "AND client_id",
               {to_ms(now)}, ids);
  if (what == requests::end)
    run_for_each("DELETE FROM join_requests WHERE client_id", {}, ids);
}

// --- where owners were ---

void mysql_store::remember_address(user_id who, const std::string& address, moment now) {
  db().run("INSERT INTO known_addresses(client_id, address, last_ms) VALUES (?, ?, ?) "
           "ON DUPLICATE KEY UPDATE last_ms = GREATEST(last_ms, VALUES(last_ms))",
           {who.value, address, to_ms(now)});
  db().run("DELETE FROM known_addresses WHERE last_ms <= ?", {to_ms(now - address_life)});
  db().run("DELETE FROM known_addresses WHERE client_id = ? AND address NOT IN (SELECT address FROM"
           " (SELECT address FROM known_addresses WHERE client_id = ? ORDER BY last_ms DESC LIMIT ?) latest)",
           {who.value, who.value, int64_t{most_known_addresses}});
}

std::vector<known_address> mysql_store::known_addresses(moment since, size_t most) {
  auto found =
      db().ask("SELECT c.username_key, k.address, k.last_ms FROM known_addresses k "
               "JOIN clients c ON c.client_id = k.client_id WHERE k.last_ms > ? ORDER BY k.last_ms DESC LIMIT ?",
               {to_ms(since), limit_of(most)});
  return known_addresses_in(found);
}

void mysql_store::issue_token(user_id who, const std::string& hash, moment now, moment expires) {
  db().run("DELETE FROM sessions WHERE expires_ms <= ?", {to_ms(now)}); // nobody else clears them away
  // Neither MySQL nor MariaDB lets a subquery have a limit where its rows are looked for; a derived table may. Joined,
  // for MariaDB asks an IN of every token that there is.
  db().run("DELETE s FROM (SELECT token_hash FROM sessions WHERE client_id = ? ORDER BY created_ms DESC"
           " LIMIT 1000000 OFFSET ?) oldest STRAIGHT_JOIN sessions s ON s.token_hash = oldest.token_hash",
           {who.value, most_tokens - 1});
  if (exists(who)) // the account may have gone in this very transaction
    db().run("INSERT INTO sessions(token_hash, client_id, created_ms, expires_ms) VALUES (?, ?, ?, ?)",
             {hash, who.value, to_ms(now), to_ms(expires)});
}

outcome<user> mysql_store::redeem_token(const std::string& hash, moment now) {
  outcome<user> result = fault::wrong_credentials;
  {
    auto found = db().ask("SELECT " SALOND_USER_COLUMNS ", s.expires_ms FROM sessions s "
                          "JOIN clients c ON c.client_id = s.client_id WHERE s.token_hash = ?",
                          {hash});
    if (!found.next())
      return fault::wrong_credentials;
    if (found.integer(5) > to_ms(now))
      result = mysql::user_in(found);
  }
  db().run("DELETE FROM sessions WHERE token_hash = ?", {hash});
  return result;
}

} // namespace salond::persistence
