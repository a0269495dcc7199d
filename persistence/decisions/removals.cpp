#include "persistence/decisions/removals.hpp"
#include "persistence/backup/tables.hpp"
#include "persistence/contracts/accounts.hpp"
#include "persistence/contracts/bans.hpp"
#include "persistence/contracts/departures.hpp"
#include "persistence/contracts/memberships.hpp"
#include "persistence/contracts/registrations.hpp"
#include "persistence/contracts/roles.hpp"
#include "persistence/contracts/rows.hpp"
#include "persistence/contracts/sessions.hpp"
#include "persistence/decisions/audit.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond::persistence::decisions {
namespace {

/// What stands in a column that names the user.
field value_in(const personal_column& where, const user& who) {
  switch (where.type) {
  case personal_column::by::number: return who.id.value;
  case personal_column::by::username: return who.username;
  case personal_column::by::key: break;
  }
  return key_of(who.username);
}

bool holds_messages(const personal_column& where) {
  return where.table == std::string_view("messages") || where.table == std::string_view("private_messages");
}

/// How many rows name the user, by table. `goes_on`: messages are counted as they go.
std::vector<std::pair<std::string, int64_t>> rows_of(const reading& db, const user& who, bool goes_on) {
  std::vector<std::pair<std::string, int64_t>> result;
  for (const auto& where : personal_columns()) {
    const auto& table = table_named(where.table);
    const auto count = goes_on && holds_messages(where)
                           ? 0
                           : db.rows.count_with(table, column_named(table, where.column), value_in(where, who));
    if (!result.empty() && result.back().first == where.table)
      result.back().second += count;
    else
      result.emplace_back(where.table, count);
  }
  return result;
}

/// The account is nobody's. `goes_on`: its messages go afterwards.
void remove_account(const writing& db, user_id who, bool goes_on, moment at) {
  goes_on ? db.departures.begin(who, at) : db.accounts.remove(who);
}

std::optional<fault> why_not_remove(const reading& db, const std::string& target_key, const outcome<user>& target,
                                    const decision& why) {
  if (db.bans.is_for_good(target_key))
    return fault::already_banned;
  if (!target)
    return fault::unknown_user;
  if (target->id == why.account || db.roles.is_last_administrator(*target, why.at))
    return fault::not_allowed;
  return std::nullopt;
}

/// Whether the account that decides, if one does, is an administrator's still: its session, on another node perhaps,
/// learns of a change a moment later.
bool still_decides(const reading& db, const decision& why) {
  if (why.account == user_id{})
    return true;
  const auto found = db.sessions.standing_of(why.account, why.at);
  return found && found->who.role == role::administrator && !found->banned && !found->kicked && !found->disabled;
}

/// As the audit log says how long somebody is out: "5 minutes".
std::string minutes_of(moment::duration time) {
  const auto count = std::chrono::ceil<std::chrono::minutes>(time).count();
  return std::to_string(count) + (count == 1 ? " minute" : " minutes");
}

/// Whether a kick that there is `now` ends after `then`.
bool is_out_at(const reading& db, const std::string& username_key, moment then, moment now) {
  const auto out = db.bans.all(now);
  return std::any_of(out.begin(), out.end(),
                     [&](const salond::ban& ban) { return ban.key == username_key && ban.until && *ban.until > then; });
}

} // namespace

outcome<removed_user> kick(const writing& db, const std::string& target_key, moment until, const decision& why) {
  wait_for_turn(db);
  const auto target = db.accounts.find(target_key);
  if (const auto refusal = why_not_remove(db, target_key, target, why))
    return refuse(db, why, audited::kick, spelling(target, target_key), *refusal);
  const auto whom = with(target->username, minutes_of(until - why.at));
  if (why.by_moderator && is_out_at(db, target_key, until, why.at))
    return refuse(db, why, audited::kick, whom, fault::not_allowed); // it would end what an administrator decided
  db.bans.forget_kicks(why.at);
  db.bans.put(*target, until, why);
  note(db, why, audited::kick, whom);
  return removed_user{target->id, target->username, db.memberships.salons_of(target->username)};
}

outcome<removed_user> ban(const writing& db, const std::string& target_key, const decision& why) {
  wait_for_turn(db);
  const auto target = db.accounts.find(target_key);
  if (!still_decides(db, why))
    return refuse(db, why, audited::ban, spelling(target, target_key), fault::not_allowed);
  if (const auto refusal = why_not_remove(db, target_key, target, why))
    return refuse(db, why, audited::ban, spelling(target, target_key), *refusal);
  removed_user result{target->id, target->username, db.memberships.salons_of(target->username)};
  db.bans.put(*target, std::nullopt, why);
  remove_account(db, target->id, db.departures.takes_long(target->id), why.at);
  note(db, why, audited::ban, target->username);
  return result;
}

outcome<done> ban_name(const writing& db, const std::string& name, const decision& why) {
  wait_for_turn(db);
  const auto key = key_of(name);
  if (db.bans.is_for_good(key))
    return refuse(db, why, audited::ban_name, name, fault::already_banned);
  if (db.accounts.find(key))
    return refuse(db, why, audited::ban_name, name, fault::name_taken);
  if (const auto waiting = db.registrations.waiting(key)) {
    db.registrations.end(key);
    note(db, why, audited::reject_registration, waiting->username);
  }
  db.bans.put({{}, name, {}, {}, role::user}, std::nullopt, why);
  note(db, why, audited::ban_name, name);
  return done{};
}

outcome<done> unban(const writing& db, const std::string& target_key, const decision& why) {
  wait_for_turn(db);
  const auto out = db.bans.of(target_key, why.at);
  if (!out)
    return refuse(db, why, audited::unban, target_key, fault::unknown_user);
  db.bans.end(target_key);
  note(db, why, audited::unban, out->username);
  return done{};
}

outcome<done> ban_address(const writing& db, const address_range& where, std::optional<moment> until,
                          const decision& why) {
  wait_for_turn(db);
  const auto whom = until ? with(where.to_string(), minutes_of(*until - why.at)) : where.to_string();
  if (db.accounts.find(key_of(where.to_string()))) // however it was typed: no list could tell them apart
    return refuse(db, why, audited::ban_address, whom, fault::name_taken);
  db.bans.forget_addresses(why.at);
  if (db.bans.count_addresses(why.at) >= ban_store::max_addresses && !db.bans.is_out(where, why.at))
    return refuse(db, why, audited::ban_address, whom, fault::busy);
  db.bans.put(where, until, why);
  note(db, why, audited::ban_address, whom);
  return done{};
}

outcome<let_in> unban_name(const writing& db, const std::string& name, const decision& why) {
  wait_for_turn(db);
  const auto ended = unban(db, key_of(name), why);
  return ended ? outcome<let_in>(let_in{}) : ended.why();
}

outcome<let_in> unban_any(const writing& db, const std::string& target, const decision& why) {
  wait_for_turn(db);
  const auto where = address_range::parse(target);
  if (!where || !db.bans.is_out(*where, why.at))
    return unban_name(db, target, why);
  db.bans.end(*where);
  note(db, why, audited::unban_address, where->to_string());
  return let_in{*where};
}

outcome<erased_user> erase(const writing& db, const std::string& target_key, const decision& why) {
  wait_for_turn(db);
  const auto target = db.accounts.find(target_key);
  const auto whom = spelling(target, target_key);
  if (!target)
    return refuse(db, why, audited::erase, whom, fault::unknown_user);
  if (target->id == why.account || db.roles.is_last_administrator(*target, why.at))
    return refuse(db, why, audited::erase, whom, fault::not_allowed);
  erased_user result{{target->id, target->username, db.memberships.salons_of(target->username)}, 0, {}};
  result.goes_on = db.departures.takes_long(target->id);
  result.deleted = rows_of(db, *target, result.goes_on);
  db.registrations.end(target_key);
  db.bans.end(target_key);
  db.accounts.forget_beside(*target);
  remove_account(db, target->id, result.goes_on, why.at);
  result.receipt = db.audit.note_numbered(why, audited::erase, whom, "done");
  if (result.goes_on)
    db.departures.put_receipt(target->id, result.receipt);
  return result;
}

} // namespace salond::persistence::decisions
