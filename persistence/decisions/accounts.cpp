#include "persistence/decisions/accounts.hpp"
#include "persistence/column_words.hpp"
#include "persistence/contracts/accounts.hpp"
#include "persistence/contracts/bans.hpp"
#include "persistence/contracts/roles.hpp"
#include "persistence/contracts/salons.hpp"
#include "persistence/contracts/sessions.hpp"
#include "persistence/decisions/audit.hpp"
#include "persistence/decisions/names.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond::persistence::decisions {
namespace {

std::optional<fault> why_not_demote(const reading& db, const user& target, role now, const decision& why) {
  if (now >= target.role)
    return std::nullopt;
  if (target.id == why.account || db.roles.is_last_administrator(target, why.at))
    return fault::not_allowed;
  return std::nullopt;
}

// An account of the server's own making must not fail because somebody else is called so already.
std::string free_alias(const reading& db, const std::string& wanted) {
  auto alias = wanted;
  for (int n = 2; db.accounts.is_alias_taken(key_of(alias)); ++n)
    alias = wanted + "-" + std::to_string(n);
  return alias;
}

} // namespace

outcome<user> rename_user(const writing& db, const std::string& username_key, const std::string& new_username,
                          const decision& why) {
  wait_for_turn(db);
  auto result = db.accounts.find(username_key);
  const auto whom = with(spelling(result, username_key), new_username);
  if (!result)
    return refuse(db, why, audited::rename_user, whom, result.why());
  if (const auto refusal = why_not_renamed(db, *result, new_username))
    return refuse(db, why, audited::rename_user, whom, *refusal);
  const auto before = key_of(result->username), now = key_of(new_username);
  db.accounts.put_name(result->id, new_username);
  if (before != now)
    db.bans.end(now); // a kick of who once had the name
  db.bans.put_name(before, new_username);
  note(db, why, audited::rename_user, whom);
  result->username = new_username;
  return result;
}

outcome<user> set_password(const writing& db, const std::string& username_key, const std::string& hash,
                           const decision& why) {
  wait_for_turn(db);
  auto result = db.accounts.find(username_key);
  if (!result)
    return refuse(db, why, audited::set_password, username_key, result.why());
  db.accounts.put_password(result->id, hash);
  db.sessions.end_tokens(result->id);
  note(db, why, audited::set_password, result->username);
  result->password_hash = hash;
  return result;
}

bool change_password(const writing& db, user_id who, const std::string& expected, const std::string& hash,
                     const decision& why) {
  const auto account = db.accounts.numbered(who);
  if (!account || !db.accounts.replace_hash(who, expected, hash))
    return false;
  db.sessions.end_tokens(who);
  note(db, why, audited::change_password, account->username);
  return true;
}

outcome<user> set_role(const writing& db, const std::string& username_key, role now,
                       const std::vector<salon_id>& moderated, const decision& why) {
  wait_for_turn(db);
  auto result = db.accounts.find(username_key);
  if (!result)
    return refuse(db, why, audited::set_role, username_key, result.why());
  auto given = now == role::moderator ? moderated : std::vector<salon_id>{};
  std::sort(given.begin(), given.end());
  given.erase(std::unique(given.begin(), given.end()), given.end());
  std::string about = to_word(now);
  for (const auto salon : given)
    about += (salon == given.front() ? ": " : ", ") + db.salons.name_of(salon);
  const auto whom = with(result->username, about);
  if (!std::all_of(given.begin(), given.end(), [&](salon_id salon) { return bool(db.salons.find(salon)); }))
    return refuse(db, why, audited::set_role, whom, fault::unknown_salon);
  if (const auto refusal = why_not_demote(db, *result, now, why))
    return refuse(db, why, audited::set_role, whom, *refusal);
  db.roles.put(*result, now, given);
  note(db, why, audited::set_role, whom);
  result->role = now;
  return result;
}

outcome<user> disable_user(const writing& db, const std::string& username_key, const decision& why) {
  wait_for_turn(db);
  const auto target = db.accounts.find(username_key);
  if (!target)
    return refuse(db, why, audited::disable_user, username_key, target.why());
  if (target->id == why.account || db.roles.is_last_administrator(*target, why.at))
    return refuse(db, why, audited::disable_user, target->username, fault::not_allowed);
  db.accounts.put_disabled(target->id, why.at);
  db.sessions.end_tokens(target->id);
  note(db, why, audited::disable_user, target->username);
  return target;
}

outcome<user> enable_user(const writing& db, const std::string& username_key, const decision& why) {
  wait_for_turn(db);
  const auto target = db.accounts.find(username_key);
  if (!target)
    return refuse(db, why, audited::enable_user, username_key, target.why());
  db.accounts.put_disabled(target->id, std::nullopt);
  db.sessions.end_tokens(target->id); // one that a session got in its last moment
  note(db, why, audited::enable_user, target->username);
  return target;
}

user make_administrator(const writing& db, const std::string& username, const std::string& password_hash) {
  db.accounts.hold_names();
  const auto key = key_of(username);
  db.bans.end(key); // or the way in that this is would be closed
  auto found = db.accounts.find(key);
  if (!found)
    return db.accounts.insert({username, free_alias(db, username), password_hash, role::administrator});
  db.roles.make_administrator(found->id, password_hash);
  db.sessions.end_tokens(found->id);
  found->role = role::administrator;
  found->password_hash = password_hash;
  return *found;
}

} // namespace salond::persistence::decisions
