#include "persistence/deciding_store.hpp"
#include "persistence/audit_targets.hpp"
#include "persistence/backup/tables.hpp"
#include "persistence/column_words.hpp"
#include "protocol/words/lookalikes.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>
#include <unordered_map>

namespace salond::persistence {
namespace {

/// The highest role of who has a username that looks so; nothing where nobody has.
std::optional<role> role_of_similar(const taken_names& taken, const skeletons& looks) {
  std::optional<role> result;
  for (const auto& each : {looks.folded, looks.spelled})
    if (const auto found = taken.looks.find(each); found != taken.looks.end())
      result = std::max(result.value_or(role::user), found->second);
  return result;
}

} // namespace

fault deciding_store::refuse(const decision& why, const char* what, const std::string& to, fault because) {
  note(why, what, to, to_string(because));
  return because;
}

// --- salons ---

/// There are few salons, so each is looked at.
bool deciding_store::is_salon_name_taken(const std::string& name, salon_id by_other_than) {
  if (is_salon_key_taken(key_of(name), by_other_than))
    return true;
  const auto looks = skeletons_of(name);
  const auto all = salons();
  return std::any_of(all.begin(), all.end(), [&](const salon_record& other) {
    return other.id != by_other_than && look_alike(skeletons_of(other.name), looks);
  });
}

outcome<salon_record> deciding_store::create_salon(const std::string& name, policy how, const decision& why) {
  const auto whom = with(name, to_word(how));
  if (is_salon_name_taken(name, salon_id{}))
    return refuse(why, "create_salon", whom, fault::invalid_name);
  const auto id = insert_salon(name, how);
  note(why, "create_salon", whom, "done");
  return salon_record{id, name, how, 0, {}};
}

outcome<salon_record> deciding_store::set_policy(salon_id salon, policy how, const decision& why) {
  auto result = salon_of(salon);
  const auto whom = with(name_of(salon), to_word(how));
  if (!result)
    return refuse(why, "set_policy", whom, result.why());
  put_policy(salon, how);
  note(why, "set_policy", whom, "done");
  result->policy = how;
  return result;
}

outcome<salon_record> deciding_store::set_topic(salon_id salon, const std::string& topic, const decision& why) {
  auto result = salon_of(salon);
  if (!result)
    return refuse(why, "set_topic", name_of(salon), result.why());
  put_topic(salon, topic);
  note(why, "set_topic", with(result->name, topic), "done");
  result->topic = topic;
  return result;
}

outcome<salon_record> deciding_store::rename_salon(salon_id salon, const std::string& name, const decision& why) {
  auto result = salon_of(salon);
  const auto whom = with(name_of(salon), name);
  if (!result)
    return refuse(why, "rename_salon", whom, result.why());
  if (is_salon_name_taken(name, salon))
    return refuse(why, "rename_salon", whom, fault::invalid_name);
  put_salon_name(salon, name);
  note(why, "rename_salon", whom, "done");
  result->name = name;
  return result;
}

outcome<salon_record> deciding_store::archive_salon(salon_id salon, const decision& why) {
  const auto result = salon_of(salon);
  if (!result)
    return refuse(why, "archive_salon", name_of(salon), result.why());
  put_archived(salon, why.at);
  note(why, "archive_salon", result->name, "done");
  return result;
}

outcome<salon_record> deciding_store::restore_salon(const std::string& name_key, const decision& why) {
  for (const auto& one : archived_salons()) {
    if (key_of(one.record.name) != name_key)
      continue;
    if (is_salon_name_taken(one.record.name, one.record.id)) // one that was made meanwhile looks like it
      return refuse(why, "restore_salon", one.record.name, fault::invalid_name);
    end_archiving(one.record.id);
    note(why, "restore_salon", one.record.name, "done");
    return salon_of(one.record.id);
  }
  return refuse(why, "restore_salon", name_key, fault::unknown_salon);
}

// --- accounts ---

bool deciding_store::is_username_taken(const std::string& key) {
  return banned_for_good(key) || find_user(key) || waiting_user(key);
}

/// Whether a new username can be told from all others; `but`: whose own it is.
std::optional<fault> deciding_store::why_not_alike(const std::string& username, user_id but) {
  std::optional<fault> result;
  for (const auto& other : users_like(skeletons_of(username))) {
    if (other.id == but && but != user_id{})
      continue;
    if (other.role == role::administrator)
      return fault::reserved_name;
    result = fault::name_taken;
  }
  return result;
}

bool deciding_store::looks_like_administrator(const std::string& alias) {
  const auto similar = users_like(skeletons_of(alias));
  return std::any_of(similar.begin(), similar.end(),
                     [](const similar_user& other) { return other.role == role::administrator; });
}

std::optional<fault> deciding_store::refuses_user(const new_user& who) {
  if (is_username_taken(key_of(who.username)))
    return fault::name_taken;
  if (const auto refusal = why_not_alike(who.username, user_id{}))
    return refusal;
  if (is_alias_taken(key_of(who.alias)) || looks_like_administrator(who.alias))
    return fault::alias_taken;
  return std::nullopt;
}

outcome<registered_user> deciding_store::register_user(const new_user& who) {
  if (const auto refusal = refuses_user(who))
    return *refusal;
  const auto made = insert_user(who);
  return registered_user{made, salons_of(made.username)};
}

std::optional<fault> deciding_store::refuses_request(const new_user& who) {
  if (const auto refusal = refuses_user(who))
    return refusal;
  if (count_registrations() >= most_registrations)
    return fault::busy;
  const auto& waiting = table_named("registrations");
  if (!who.network.empty()
      && count_with(waiting, column_named(waiting, "address"), who.network) >= int64_t{most_registrations_of_network})
    return fault::too_many_attempts;
  return std::nullopt;
}

outcome<done> deciding_store::request_registration(const new_user& who, moment now) {
  if (const auto refusal = refuses_request(who))
    return *refusal;
  insert_registration(who, now);
  return done{};
}

bool deciding_store::is_waiting(const std::string& username_key) {
  return waiting_user(username_key).has_value();
}

/// REQUIRES: it waits.
moment deciding_store::waits_since(const std::string& username_key) {
  const auto& waiting = table_named("registrations");
  const auto rows = rows_with(waiting, column_named(waiting, "username_key"), username_key, {}, 1);
  return from_ms(std::get<int64_t>(rows.at(0).at(column_named(waiting, "created_ms"))));
}

outcome<registered_user> deciding_store::accept_registration(const std::string& username_key, const decision& why) {
  const auto waiting = waiting_user(username_key);
  if (!waiting)
    return refuse(why, "accept_registration", username_key, fault::no_such_request);
  const auto since = waits_since(username_key);
  end_registration(username_key); // its names are its own
  const auto made = register_user(*waiting);
  if (!made) {
    insert_registration(*waiting, since);
    return refuse(why, "accept_registration", waiting->username, made.why());
  }
  note(why, "accept_registration", waiting->username, "done");
  return made;
}

outcome<done> deciding_store::reject_registration(const std::string& username_key, const decision& why) {
  const auto waiting = waiting_user(username_key);
  if (!waiting)
    return refuse(why, "reject_registration", username_key, fault::no_such_request);
  end_registration(username_key);
  note(why, "reject_registration", waiting->username, "done");
  return done{};
}

bool deciding_store::change_password(user_id who, const std::string& expected, const std::string& hash,
                                     const decision& why) {
  const auto account = user_of(who);
  if (!account || !replace_hash(who, expected, hash))
    return false;
  end_tokens(who);
  note(why, "change_password", account->username, "done");
  return true;
}

outcome<registered_user> deciding_store::add_user(const new_user& who, const decision& why) {
  const auto made = register_user(who);
  if (!made)
    return refuse(why, "add_user", who.username, made.why());
  note(why, "add_user", who.username, "done");
  return made;
}

outcome<user> deciding_store::rename_user(const std::string& username_key, const std::string& new_username,
                                          const decision& why) {
  auto result = find_user(username_key);
  const auto whom = with(spelling(result, username_key), new_username);
  if (!result)
    return refuse(why, "rename_user", whom, result.why());
  const auto key = key_of(new_username);
  const auto holder = find_user(key);
  if (banned_for_good(key) || waiting_user(key) || (holder && holder->id != result->id))
    return refuse(why, "rename_user", whom, fault::name_taken);
  if (const auto refusal = why_not_alike(new_username, result->id))
    return refuse(why, "rename_user", whom, *refusal);
  put_name(*result, new_username);
  note(why, "rename_user", whom, "done");
  result->username = new_username;
  return result;
}

outcome<user> deciding_store::set_password(const std::string& username_key, const std::string& hash,
                                           const decision& why) {
  auto result = find_user(username_key);
  if (!result)
    return refuse(why, "set_password", username_key, result.why());
  put_password(result->id, hash);
  end_tokens(result->id);
  note(why, "set_password", result->username, "done");
  result->password_hash = hash;
  return result;
}

std::optional<fault> deciding_store::why_not_demote(const user& target, role now, const decision& why) {
  if (now >= target.role)
    return std::nullopt;
  if (target.id == why.account || is_last_administrator(target, why.at))
    return fault::not_allowed;
  return std::nullopt;
}

outcome<user> deciding_store::set_role(const std::string& username_key, role now,
                                       const std::vector<salon_id>& moderated, const decision& why) {
  auto result = find_user(username_key);
  if (!result)
    return refuse(why, "set_role", username_key, result.why());
  auto given = now == role::moderator ? moderated : std::vector<salon_id>{};
  std::sort(given.begin(), given.end());
  given.erase(std::unique(given.begin(), given.end()), given.end());
  std::string about = to_word(now);
  for (const auto salon : given)
    about += (salon == given.front() ? ": " : ", ") + name_of(salon);
  const auto whom = with(result->username, about);
  if (!std::all_of(given.begin(), given.end(), [this](salon_id salon) { return bool(salon_of(salon)); }))
    return refuse(why, "set_role", whom, fault::unknown_salon);
  if (const auto refusal = why_not_demote(*result, now, why))
    return refuse(why, "set_role", whom, *refusal);
  put_role(*result, now, given);
  note(why, "set_role", whom, "done");
  result->role = now;
  return result;
}

// --- imports ---

std::vector<import_fault> deciding_store::import_faults(const std::vector<imported_account>& all) {
  const auto taken = all_taken_names();
  std::unordered_set<std::string> open;
  for (const auto& salon : salons())
    open.insert(key_of(salon.name));
  std::vector<import_fault> faults;
  for (const auto& one : all) {
    if (taken.usernames.count(one.username_key) != 0)
      faults.push_back({one.line, fault::name_taken, one.username});
    else if (const auto other = role_of_similar(taken, one.username_looks))
      faults.push_back(
          {one.line, *other == role::administrator ? fault::reserved_name : fault::name_taken, one.username});
    if (taken.aliases.count(one.alias_key) != 0 || role_of_similar(taken, one.alias_looks) == role::administrator)
      faults.push_back({one.line, fault::alias_taken, one.alias});
    for (const auto& name : one.salons)
      if (open.count(key_of(name)) == 0)
        faults.push_back({one.line, fault::unknown_salon, name});
  }
  return faults;
}

// A salon that everybody belongs to, or that is named twice, is one membership.
std::vector<std::pair<std::string, salon_id>>
deciding_store::asked_memberships(const std::vector<imported_account>& all) {
  std::unordered_map<std::string, salon_id> asked;
  for (const auto& salon : salons())
    if (salon.policy != policy::automatic)
      asked.emplace(key_of(salon.name), salon.id);
  std::vector<std::pair<std::string, salon_id>> result;
  for (const auto& one : all) {
    const auto first = result.size();
    for (const auto& name : one.salons)
      if (const auto found = asked.find(key_of(name)); found != asked.end())
        result.emplace_back(one.username, found->second);
    std::sort(result.begin() + static_cast<std::ptrdiff_t>(first), result.end());
    result.erase(std::unique(result.begin() + static_cast<std::ptrdiff_t>(first), result.end()), result.end());
  }
  return result;
}

import_result deciding_store::import_accounts(const std::vector<imported_account>& all, const decision& why) {
  const auto whom = std::to_string(all.size()) + " accounts";
  import_result result;
  result.faults = import_faults(all);
  if (!result.faults.empty()) {
    refuse(why, "users import", whom, result.faults.front().why);
    return result;
  }
  const auto before = newest_user();
  insert_accounts(all);
  join_automatic(before);
  put_members(asked_memberships(all));
  result.members = members_after(before);
  const auto is_archived = [this](const new_members& of) { return !salon_of(of.salon); };
  result.members.erase(std::remove_if(result.members.begin(), result.members.end(), is_archived), result.members.end());
  note(why, "users import", whom, "done");
  return result;
}

// --- messages ---

outcome<done> deciding_store::delete_message(message_id which, const decision& why) {
  const auto whom = describe_message(which);
  if (!whom)
    return refuse(why, "delete_message", "message " + std::to_string(which.value), fault::no_such_message);
  empty_message(which);
  note(why, "delete_message", *whom, "done");
  return done{};
}

// --- memberships and join requests ---

outcome<done> deciding_store::accept_request(salon_id salon, user_id who, const decision& why) {
  const auto account = user_of(who);
  const auto whom = with(spelling(account, "user " + std::to_string(who.value)), name_of(salon));
  if (!account || !end_request(salon, who)) // the request of an account that is gone went with it
    return refuse(why, "accept", whom, fault::no_such_request);
  if (!is_member(salon, account->username))
    put_member(salon, account->username);
  note(why, "accept", whom, "done");
  return done{};
}

outcome<membership_change> deciding_store::reject_request(salon_id salon, user_id who, const decision& why) {
  const auto account = user_of(who);
  const auto whom = with(spelling(account, "user " + std::to_string(who.value)), name_of(salon));
  const bool asked = account && end_request(salon, who);
  const bool belonged = account && end_membership(salon, account->username);
  if (!asked && !belonged)
    return refuse(why, "reject", whom, fault::no_such_request);
  note(why, "reject", whom, "done");
  return belonged ? membership_change::made : membership_change::was_so;
}

template <class Change>
outcome<membership_change> deciding_store::decide_membership(const char* what, salon_id salon,
                                                             const std::string& username_key, const decision& why,
                                                             Change change) {
  const auto account = find_user(username_key);
  const auto whom = with(spelling(account, username_key), name_of(salon));
  if (!salon_of(salon))
    return refuse(why, what, whom, fault::unknown_salon);
  if (!account)
    return refuse(why, what, whom, fault::unknown_user);
  note(why, what, whom, "done");
  return change(account->id);
}

outcome<membership_change> deciding_store::admit(salon_id salon, const std::string& username_key, const decision& why) {
  return decide_membership("admit", salon, username_key, why, [&](user_id who) {
    const auto made = add_member(salon, who);
    if (made && *made == membership_change::made && why.by_moderator)
      mark_made_by_moderator(salon, who);
    return made;
  });
}

outcome<membership_change> deciding_store::dismiss(salon_id salon, const std::string& username_key,
                                                   const decision& why) {
  return decide_membership("dismiss", salon, username_key, why, [&](user_id who) { return remove_member(salon, who); });
}

} // namespace salond::persistence
