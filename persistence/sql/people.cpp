// Users as operators see and change them.
#include "persistence/sql/rows.hpp"
#include "persistence/sql/sql_store.hpp"
#include "protocol/words/lookalikes.hpp"
#include "protocol/words/names.hpp"

namespace salond::persistence {
namespace {

#define SALOND_PROFILE_COLUMNS SALOND_USER_COLUMNS ", c.status, c.last_seen_ms, c.disabled_ms"

user_profile profile_in(const query_result& row) {
  user_profile result;
  result.who = user_in(row);
  result.who.password_hash.clear();
  result.connected = row.text(5) == "connected";
  if (!row.is_null(6))
    result.last_seen = from_ms(row.integer(6));
  result.disabled = !row.is_null(7);
  return result;
}

std::vector<std::string> names_in(std::unique_ptr<query_result> found) {
  return all_in(std::move(found), [](const query_result& row) { return row.text(0); });
}

} // namespace

std::vector<user_profile> sql_store::find_users(const std::string& key_part, const std::string& after_key,
                                                size_t most) {
  // Keys are UTF-8, of which a part is found byte by byte.
  return all_in(db().ask("SELECT " SALOND_PROFILE_COLUMNS " FROM clients c WHERE c.username_key > ? "
                         "AND instr(c.username_key, ?) > 0 ORDER BY c.username_key LIMIT ?",
                         {blob{after_key}, blob{key_part}, limit_of(most)}),
                profile_in);
}

outcome<user_profile> sql_store::profile(const std::string& username_key) {
  auto found = all_in(
      db().ask("SELECT " SALOND_PROFILE_COLUMNS " FROM clients c WHERE c.username_key = ?", {blob{username_key}}),
      profile_in);
  if (found.empty())
    return fault::unknown_user;
  auto result = std::move(found.front());
  result.salons = names_in(db().ask("SELECT s.nom_salon FROM salons_adheres a JOIN salons s ON s.salon_id = a.salon_id "
                                    "WHERE a.username = ? AND s.archived_ms IS NULL ORDER BY s.salon_id",
                                    {result.who.username}));
  result.moderates = names_in(db().ask("SELECT s.nom_salon FROM moderators m JOIN salons s ON s.salon_id = m.salon_id "
                                       "WHERE m.client_id = ? ORDER BY s.salon_id",
                                       {result.who.id.value}));
  return result;
}

std::vector<salon_id> sql_store::moderates(const std::string& username_key) {
  return salons_in(db().ask("SELECT m.salon_id FROM moderators m JOIN clients c ON c.client_id = m.client_id "
                            "WHERE c.username_key = ? ORDER BY m.salon_id",
                            {blob{username_key}}));
}

// --- accounts ---

// Memberships follow by their foreign key.
void sql_store::put_name(const user& who, const std::string& new_username) {
  const auto before = key_of(who.username), key = key_of(new_username);
  const auto looks = skeletons_of(new_username);
  db().run("UPDATE clients SET username = ?, username_key = ?, look_folded = ?, look_spelled = ? WHERE client_id = ?",
           {new_username, blob{key}, blob{looks.folded}, blob{looks.spelled}, who.id.value});
  if (before != key)
    end_ban(key); // a kick of who once had the name
  db().run("UPDATE bans SET username_key = ?, username = ? WHERE username_key = ?",
           {blob{key}, new_username, blob{before}});
  tell_nodes({fact::kind::account, who.id, {}, new_username});
}

void sql_store::put_password(user_id who, const std::string& hash) {
  db().run("UPDATE clients SET password_hash = ? WHERE client_id = ?", {hash, who.value});
}

void sql_store::put_disabled(user_id who, std::optional<moment> since) {
  db().run("UPDATE clients SET disabled_ms = ? WHERE client_id = ?",
           {since ? parameter(to_ms(*since)) : parameter(nullptr), who.value});
  tell_nodes({fact::kind::account, who, {}, {}});
}

// --- roles ---

bool sql_store::is_last_administrator(const user& target) {
  if (target.role != role::administrator)
    return false;
  if (auto* others = db().among_nodes())
    others->lock_administrators();
  const auto others = db().ask("SELECT password_hash FROM clients WHERE role = 'administrator' AND client_id <> ? "
                               "AND disabled_ms IS NULL",
                               {target.id.value});
  while (others->next())
    if (can_match(others->text(0)))
      return false;
  return true;
}

void sql_store::put_role(const user& target, role now, const std::vector<salon_id>& moderated) {
  db().run("UPDATE clients SET role = ? WHERE client_id = ?", {to_word(now), target.id.value});
  db().run("DELETE FROM moderators WHERE client_id = ?", {target.id.value});
  for (const auto salon : moderated)
    db().run("INSERT INTO moderators(client_id, salon_id) VALUES (?, ?)", {target.id.value, salon.value});
  tell_nodes({fact::kind::account, target.id, {}, {}});
}

} // namespace salond::persistence
