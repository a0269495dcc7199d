#include "persistence/decisions/names.hpp"
#include "persistence/contracts/accounts.hpp"
#include "persistence/contracts/bans.hpp"
#include "persistence/contracts/registrations.hpp"
#include "persistence/contracts/salons.hpp"
#include "protocol/words/lookalikes.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond::persistence::decisions {
namespace {

/// Whether a new username can be told from all others; `but`: whose own it is.
std::optional<fault> why_not_alike(const reading& db, const std::string& username, user_id but) {
  std::optional<fault> result;
  for (const auto& other : db.accounts.like(skeletons_of(username))) {
    if (other.id == but && but != user_id{})
      continue;
    if (other.role == role::administrator)
      return fault::reserved_name;
    result = fault::name_taken;
  }
  return result;
}

bool looks_like_administrator(const reading& db, const std::string& alias) {
  const auto similar = db.accounts.like(skeletons_of(alias));
  return std::any_of(similar.begin(), similar.end(),
                     [](const similar_user& other) { return other.role == role::administrator; });
}

} // namespace

std::optional<fault> why_not_new(const reading& db, const new_user& who) {
  const auto key = key_of(who.username);
  if (db.bans.is_for_good(key) || db.accounts.find(key) || db.registrations.waiting(key))
    return fault::name_taken;
  if (const auto refusal = why_not_alike(db, who.username, user_id{}))
    return refusal;
  if (db.accounts.is_alias_taken(key_of(who.alias)) || looks_like_administrator(db, who.alias))
    return fault::alias_taken;
  return std::nullopt;
}

std::optional<fault> why_not_renamed(const reading& db, const user& who, const std::string& username) {
  const auto key = key_of(username);
  const auto holder = db.accounts.find(key);
  if (db.bans.is_for_good(key) || db.registrations.waiting(key) || (holder && holder->id != who.id))
    return fault::name_taken;
  return why_not_alike(db, username, who.id);
}

// There are few salons, so each is looked at.
bool is_salon_name_taken(const reading& db, const std::string& name, salon_id by_other_than) {
  if (db.salons.is_key_taken(key_of(name), by_other_than))
    return true;
  const auto looks = skeletons_of(name);
  const auto all = db.salons.all();
  return std::any_of(all.begin(), all.end(), [&](const salon_record& other) {
    return other.id != by_other_than && look_alike(skeletons_of(other.name), looks);
  });
}

} // namespace salond::persistence::decisions
