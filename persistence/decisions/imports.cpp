#include "persistence/decisions/imports.hpp"
#include "persistence/contracts/imports.hpp"
#include "persistence/contracts/salons.hpp"
#include "persistence/decisions/audit.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>
#include <unordered_map>

namespace salond::persistence::decisions {
namespace {

/// The highest role of who has a username that looks so; nothing where nobody has.
std::optional<role> role_of_similar(const taken_names& taken, const skeletons& looks) {
  std::optional<role> result;
  for (const auto& each : {looks.folded, looks.spelled})
    if (const auto found = taken.looks.find(each); found != taken.looks.end())
      result = std::max(result.value_or(role::user), found->second);
  return result;
}

// A salon that everybody belongs to, or that is named twice, is one membership.
std::vector<std::pair<std::string, salon_id>> asked_memberships(const reading& db,
                                                                const std::vector<imported_account>& all) {
  std::unordered_map<std::string, salon_id> asked;
  for (const auto& salon : db.salons.all())
    if (salon.policy != policy::automatic)
      asked.emplace(key_of(salon.name), salon.id);
  std::vector<std::pair<std::string, salon_id>> result;
  for (const auto& account : all) {
    const auto first = result.size();
    for (const auto& name : account.salons)
      if (const auto found = asked.find(key_of(name)); found != asked.end())
        result.emplace_back(account.username, found->second);
    std::sort(result.begin() + static_cast<std::ptrdiff_t>(first), result.end());
    result.erase(std::unique(result.begin() + static_cast<std::ptrdiff_t>(first), result.end()), result.end());
  }
  return result;
}

} // namespace

std::vector<import_fault> import_faults(const reading& db, const std::vector<imported_account>& all) {
  const auto taken = db.imports.all_taken_names();
  std::unordered_set<std::string> open;
  for (const auto& salon : db.salons.all())
    open.insert(key_of(salon.name));
  std::vector<import_fault> faults;
  for (const auto& account : all) {
    if (taken.usernames.count(account.username_key) != 0)
      faults.push_back({account.line, fault::name_taken, account.username});
    else if (const auto other = role_of_similar(taken, account.username_looks))
      faults.push_back(
          {account.line, *other == role::administrator ? fault::reserved_name : fault::name_taken, account.username});
    if (taken.aliases.count(account.alias_key) != 0
        || role_of_similar(taken, account.alias_looks) == role::administrator)
      faults.push_back({account.line, fault::alias_taken, account.alias});
    for (const auto& name : account.salons)
      if (open.count(key_of(name)) == 0)
        faults.push_back({account.line, fault::unknown_salon, name});
  }
  return faults;
}

import_result import_accounts(const writing& db, const std::vector<imported_account>& all, const decision& why) {
  const auto whom = std::to_string(all.size()) + " accounts";
  import_result result;
  result.faults = import_faults(db, all);
  if (!result.faults.empty()) {
    refuse(db, why, audited::import_users, whom, result.faults.front().why);
    return result;
  }
  const auto before = db.imports.newest_user();
  db.imports.insert_accounts(all);
  db.imports.join_automatic(before);
  db.imports.put_members(asked_memberships(db, all));
  result.members = db.imports.members_after(before);
  const auto is_archived = [&db](const new_members& of) { return !db.salons.find(of.salon); };
  result.members.erase(std::remove_if(result.members.begin(), result.members.end(), is_archived), result.members.end());
  note(db, why, audited::import_users, whom);
  return result;
}

} // namespace salond::persistence::decisions
