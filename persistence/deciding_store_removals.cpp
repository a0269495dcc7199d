// Who is put out of the server, for a time or for good, and who is forgotten.
#include "persistence/audit_targets.hpp"
#include "persistence/backup/tables.hpp"
#include "persistence/deciding_store.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond::persistence {
namespace {

/// What stands in a column that names the user.
field value_in(const personal_column& where, const user& who) {
  switch (where.what) {
  case personal_column::by::number: return who.id.value;
  case personal_column::by::username: return who.username;
  case personal_column::by::key: break;
  }
  return key_of(who.username);
}

} // namespace

std::optional<fault> deciding_store::why_not_remove(const std::string& target_key, const outcome<user>& target,
                                                    const decision& why) {
  if (banned_for_good(target_key))
    return fault::already_banned;
  if (!target)
    return fault::unknown_user;
  if (target->id == why.account || is_last_administrator(*target, why.at))
    return fault::not_allowed;
  return std::nullopt;
}

/// Whether a kick that there is `now` ends after `then`.
bool deciding_store::is_out_at(const std::string& username_key, moment then, moment now) {
  const auto out = bans(now);
  return std::any_of(out.begin(), out.end(),
                     [&](const salond::ban& one) { return one.key == username_key && one.until && *one.until > then; });
}

outcome<removed_user> deciding_store::kick(const std::string& target_key, moment until, const decision& why) {
  const auto target = find_user(target_key);
  if (const auto refusal = why_not_remove(target_key, target, why))
    return refuse(why, "kick", spelling(target, target_key), *refusal);
  const auto minutes = std::chrono::ceil<std::chrono::minutes>(until - why.at).count();
  const auto whom = with(target->username, std::to_string(minutes) + (minutes == 1 ? " minute" : " minutes"));
  if (why.by_moderator && is_out_at(target_key, until, why.at))
    return refuse(why, "kick", whom, fault::not_allowed); // it would end what an administrator decided
  forget_kicks(why.at);
  put_ban(*target, until, why);
  note(why, "kick", whom, "done");
  return removed_user{target->id, target->username, salons_of(target->username)};
}

outcome<removed_user> deciding_store::ban(const std::string& target_key, const decision& why) {
  const auto target = find_user(target_key);
  if (const auto refusal = why_not_remove(target_key, target, why))
    return refuse(why, "ban", spelling(target, target_key), *refusal);
  removed_user result{target->id, target->username, salons_of(target->username)};
  put_ban(*target, std::nullopt, why);
  delete_account(target->id);
  note(why, "ban", target->username, "done");
  return result;
}

outcome<done> deciding_store::ban_name(const std::string& name, const decision& why) {
  const auto key = key_of(name);
  if (banned_for_good(key))
    return refuse(why, "ban_name", name, fault::already_banned);
  if (find_user(key))
    return refuse(why, "ban_name", name, fault::name_taken);
  end_registration(key);
  put_ban({{}, name, {}, {}, role::user}, std::nullopt, why);
  note(why, "ban_name", name, "done");
  return done{};
}

outcome<done> deciding_store::unban(const std::string& target_key, const decision& why) {
  const auto username = out_as(target_key, why.at);
  if (!username)
    return refuse(why, "unban", target_key, fault::unknown_user);
  end_ban(target_key);
  note(why, "unban", *username, "done");
  return done{};
}

outcome<erased_user> deciding_store::erase(const std::string& target_key, const decision& why) {
  const auto target = find_user(target_key);
  const auto whom = spelling(target, target_key);
  if (!target)
    return refuse(why, "erase", whom, fault::unknown_user);
  if (target->id == why.account || is_last_administrator(*target, why.at))
    return refuse(why, "erase", whom, fault::not_allowed);
  erased_user result{{target->id, target->username, salons_of(target->username)}, 0, {}};
  for (const auto& where : personal_columns()) {
    const auto& table = table_named(where.table);
    const auto count = count_with(table, column_named(table, where.column), value_in(where, *target));
    if (!result.deleted.empty() && result.deleted.back().first == where.table)
      result.deleted.back().second += count;
    else
      result.deleted.emplace_back(where.table, count);
  }
  end_registration(target_key);
  end_ban(target_key);
  forget_beside(*target);
  delete_account(target->id);
  note(why, "erase", whom, "done");
  result.receipt = audit_tail(1).at(0).id;
  return result;
}

} // namespace salond::persistence
