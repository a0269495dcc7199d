// Accounts, sessions and tokens.
#include "persistence/sql/rows.hpp"
#include "persistence/sql/sql_store.hpp"
#include "protocol/words/lookalikes.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond::persistence {
namespace {

constexpr auto sweep_interval = std::chrono::hours{1};

outcome<user> only_user_in(std::unique_ptr<query_result> found) {
  if (!found->next())
    return fault::unknown_user;
  return user_in(*found);
}

} // namespace

outcome<user> sql_store::find_user(const std::string& username_key) {
  return only_user_in(
      db().ask("SELECT " SALOND_USER_COLUMNS " FROM clients c WHERE c.username_key = ?", {blob{username_key}}));
}

outcome<user> sql_store::user_of(user_id who) {
  return only_user_in(db().ask("SELECT " SALOND_USER_COLUMNS " FROM clients c WHERE c.client_id = ?", {who.value}));
}

user sql_store::insert_user(const new_user& who) {
  const auto key = key_of(who.username), alias_key = key_of(who.alias);
  const auto looks = skeletons_of(who.username);
  db().run(
      "INSERT INTO clients(username, username_key, look_folded, look_spelled, alias, alias_key, password_hash, role) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      {who.username, blob{key}, blob{looks.folded}, blob{looks.spelled}, who.alias, blob{alias_key}, who.password_hash,
       to_word(who.role)});
  const user_id id{db().last_insert_id()};
  // Of archived ones as well, which may come back.
  db().run("INSERT INTO salons_adheres(username, salon_id) SELECT ?, salon_id FROM salons WHERE policy = 'auto' "
           "ORDER BY salon_id",
           {who.username});
  return {id, who.username, who.alias, who.password_hash, who.role};
}

bool sql_store::replace_hash(user_id who, const std::string& expected, const std::string& hash) {
  return db().run("UPDATE clients SET password_hash = ? WHERE client_id = ? AND password_hash = ?",
                  {hash, who.value, expected})
         > 0;
}

std::vector<similar_user> sql_store::users_like(const skeletons& looks) {
  const blob folded{looks.folded}, spelled{looks.spelled};
  // The + keeps both databases from the index of until_ms, by which they would read all bans.
  return all_in(
      db().ask("SELECT client_id, role FROM clients WHERE look_folded IN (?, ?) "
               "UNION ALL SELECT client_id, role FROM clients WHERE look_spelled IN (?, ?) "
               "UNION ALL SELECT 0, 'user' FROM registrations WHERE look_folded IN (?, ?) "
               "UNION ALL SELECT 0, 'user' FROM registrations WHERE look_spelled IN (?, ?) "
               "UNION ALL SELECT 0, 'user' FROM bans WHERE look_folded IN (?, ?) AND +until_ms IS NULL "
               "UNION ALL SELECT 0, 'user' FROM bans WHERE look_spelled IN (?, ?) AND +until_ms IS NULL",
               {folded, spelled, folded, spelled, folded, spelled, folded, spelled, folded, spelled, folded, spelled}),
      [](const query_result& row) -> similar_user {
        return {user_id{row.integer(0)}, role_of(row.text(1))};
      });
}

bool sql_store::is_alias_taken(const std::string& alias_key) {
  return db()
      .ask("SELECT 1 FROM clients WHERE alias_key = ? UNION ALL SELECT 1 FROM registrations WHERE alias_key = ? "
           "LIMIT 1",
           {blob{alias_key}, blob{alias_key}})
      ->next();
}

// --- accounts that wait ---

std::optional<new_user> sql_store::waiting_user(const std::string& username_key) {
  const auto found = db().ask("SELECT username, alias, password_hash, address FROM registrations "
                              "WHERE username_key = ?",
                              {blob{username_key}});
  if (!found->next())
    return std::nullopt;
  return new_user{found->text(0), found->text(1), found->text(2), role::user, found->text(3)};
}

std::vector<registration> sql_store::registrations() {
  return all_in(
      db().ask("SELECT username, alias, created_ms, address FROM registrations ORDER BY created_ms, username_key"),
      [](const query_result& row) -> registration {
        return {row.text(0), row.text(1), from_ms(row.integer(2)), row.text(3)};
      });
}

size_t sql_store::count_registrations() {
  return static_cast<size_t>(number_in(db().ask("SELECT count(*) FROM registrations")));
}

void sql_store::insert_registration(const new_user& who, moment at) {
  const auto key = key_of(who.username), alias_key = key_of(who.alias);
  const auto looks = skeletons_of(who.username);
  db().run("INSERT INTO registrations(username_key, username, look_folded, look_spelled, alias_key, alias,"
           " password_hash, created_ms, address) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
           {blob{key}, who.username, blob{looks.folded}, blob{looks.spelled}, blob{alias_key}, who.alias,
            who.password_hash, to_ms(at), who.network});
}

void sql_store::end_registration(const std::string& username_key) {
  db().run("DELETE FROM registrations WHERE username_key = ?", {blob{username_key}});
}

// --- sessions ---

outcome<arrival> sql_store::open_session(user_id who, moment now) {
  arrival result;
  bool decided = false, told = false;
  { // one question, of a row a membership: each may cost a way to the database and back, and many may arrive at once
    const auto found = db().ask(
        "SELECT b.username_key, b.until_ms, EXISTS(SELECT 1 FROM notices n WHERE n.client_id = c.client_id),"
        " EXISTS(SELECT 1 FROM private_messages p WHERE p.to_client_id = c.client_id AND p.delivered_ms IS NULL),"
        " s.salon_id, c.disabled_ms, c.username, c.role, c.password_hash FROM clients c "
        "LEFT JOIN bans b ON b.username_key = c.username_key AND (b.until_ms IS NULL OR b.until_ms > ?) "
        "LEFT JOIN salons_adheres a ON a.username = c.username "
        "LEFT JOIN salons s ON s.salon_id = a.salon_id AND s.archived_ms IS NULL "
        "WHERE c.client_id = ? ORDER BY s.salon_id",
        {to_ms(now), who.value});
    if (!found->next())
      return fault::unknown_user;
    if (!found->is_null(0))
      return found->is_null(1) ? fault::banned : fault::kicked;
    if (!found->is_null(5))
      return fault::disabled;
    decided = found->integer(2) != 0;
    told = found->integer(3) != 0;
    result.who = {who, found->text(6), {}, found->text(8), role_of(found->text(7))};
    do {
      if (!found->is_null(4))
        result.salons.push_back(salon_id{found->integer(4)});
    } while (found->next());
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

void sql_store::close_sessions(const std::vector<user_id>& who, requests requests, moment now) {
  const auto ids = numbers_of(who);
  run_for_each(db(),
               "UPDATE clients SET status = 'disconnected', last_seen_ms = ? WHERE status <> 'disconnected' "
               "AND client_id",
               {to_ms(now)}, ids);
  if (requests == store::requests::end)
    run_for_each(db(), "DELETE FROM join_requests WHERE client_id", {}, ids);
}

// --- where owners were ---

void sql_store::remember_address(user_id who, const std::string& address, moment now) {
  db().run(std::string("INSERT INTO known_addresses(client_id, address, last_ms) VALUES (?, ?, ?) ")
               + db().words().keep_later,
           {who.value, address, to_ms(now)});
  if (std::chrono::abs(now - addresses_swept_) >= sweep_interval) { // not at each login: a tenth of what one costs
    addresses_swept_ = now;
    db().run("DELETE FROM known_addresses WHERE last_ms <= ?", {to_ms(now - address_life)});
  }
  // A derived table: MySQL and MariaDB look into no table that they delete from.
  db().run("DELETE FROM known_addresses WHERE client_id = ? AND last_ms < (SELECT last_ms FROM"
           " (SELECT last_ms FROM known_addresses WHERE client_id = ? ORDER BY last_ms DESC LIMIT 1 OFFSET ?) oldest)",
           {who.value, who.value, int64_t{most_known_addresses} - 1});
}

std::vector<known_address> sql_store::known_addresses(moment since, size_t most) {
  auto result =
      all_in(db().ask("SELECT c.username_key, k.address, k.last_ms FROM known_addresses k "
                      "JOIN clients c ON c.client_id = k.client_id WHERE k.last_ms > ? ORDER BY k.last_ms DESC LIMIT ?",
                      {to_ms(since), limit_of(most)}),
             [](const query_result& row) -> known_address {
               return {row.text(0), row.text(1), from_ms(row.integer(2))};
             });
  std::reverse(result.begin(), result.end());
  return result;
}

void sql_store::issue_token(user_id who, const std::string& hash, moment now, moment expires) {
  db().run("DELETE FROM sessions WHERE expires_ms <= ?", {to_ms(now)}); // nobody else clears them away
  // A derived table, as above. By the user besides: MariaDB would ask an IN alone of every token that there is.
  db().run("DELETE FROM sessions WHERE client_id = ? AND token_hash NOT IN (SELECT token_hash FROM"
           " (SELECT token_hash FROM sessions WHERE client_id = ? ORDER BY created_ms DESC LIMIT ?) newest)",
           {who.value, who.value, most_tokens - 1});
  if (db().has_account(who)) // it may have gone in this very transaction
    db().run("INSERT INTO sessions(token_hash, client_id, created_ms, expires_ms) VALUES (?, ?, ?, ?)",
             {blob{hash}, who.value, to_ms(now), to_ms(expires)});
}

outcome<user> sql_store::find_token(const std::string& hash, moment now) {
  const auto found = db().ask("SELECT " SALOND_USER_COLUMNS " FROM sessions s "
                              "JOIN clients c ON c.client_id = s.client_id WHERE s.token_hash = ? AND s.expires_ms > ?",
                              {blob{hash}, to_ms(now)});
  if (!found->next())
    return fault::wrong_credentials;
  return user_in(*found);
}

void sql_store::end_tokens(user_id who) {
  db().run("DELETE FROM sessions WHERE client_id = ?", {who.value});
}

void sql_store::end_token(const std::string& hash) {
  db().run("DELETE FROM sessions WHERE token_hash = ?", {blob{hash}});
}

} // namespace salond::persistence
