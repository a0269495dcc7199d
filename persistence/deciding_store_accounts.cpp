// Accounts that operators disable, registrations that they decide about together, and invitations.
#include "persistence/audit_targets.hpp"
#include "persistence/deciding_store.hpp"
#include "persistence/lookups.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond::persistence {
namespace {

std::string name_of_invitation(int64_t id) {
  return "invitation " + std::to_string(id);
}

} // namespace

/// Changes an account unless `change` says why not, and writes the line of it.
outcome<user> deciding_store::change_account(const char* what, const std::string& username_key, const decision& why,
                                             const std::function<std::optional<fault>(const user&)>& change) {
  const auto target = find_user(username_key);
  if (!target)
    return refuse(why, what, username_key, target.why());
  if (const auto refusal = change(*target))
    return refuse(why, what, target->username, *refusal);
  note(why, what, target->username, "done");
  return target;
}

outcome<user> deciding_store::disable_user(const std::string& username_key, const decision& why) {
  return change_account("disable_user", username_key, why, [&](const user& target) -> std::optional<fault> {
    if (target.id == why.account || is_last_administrator(target, why.at))
      return fault::not_allowed;
    put_disabled(target.id, why.at);
    end_tokens(target.id);
    return std::nullopt;
  });
}

outcome<user> deciding_store::enable_user(const std::string& username_key, const decision& why) {
  return change_account("enable_user", username_key, why, [&](const user& target) -> std::optional<fault> {
    put_disabled(target.id, std::nullopt);
    end_tokens(target.id); // one that a session got in its last moment
    return std::nullopt;
  });
}

// --- many registrations at once ---

outcome<size_t> deciding_store::reject_registrations(const registration_filter& which, const decision& why) {
  const auto all = registrations_of(*this, which);
  for (const auto& one : all)
    end_registration(key_of(one.username));
  const auto from = which.network ? "from " + *which.network : std::string(which.before ? "old ones" : "all");
  const auto whom = with(std::to_string(all.size()) + " registrations", from);
  if (all.empty())
    return refuse(why, "reject_registrations", whom, fault::no_such_request);
  note(why, "reject_registrations", whom, "done");
  return all.size();
}

// --- invitations ---

outcome<int64_t> deciding_store::create_invitation(const new_invitation& what, const decision& why) {
  const auto uses = std::to_string(what.uses) + (what.uses == 1 ? " use" : " uses");
  const bool exist =
      std::all_of(what.salons.begin(), what.salons.end(), [this](salon_id salon) { return bool(salon_of(salon)); });
  if (!exist)
    return refuse(why, "create_invitation", uses, fault::unknown_salon);
  forget_invitations(why.at);
  if (count_invitations(why.at) >= most_invitations)
    return refuse(why, "create_invitation", uses, fault::busy);
  const auto id = insert_invitation(what, why);
  note(why, "create_invitation", with(name_of_invitation(id), uses), "done");
  return id;
}

outcome<done> deciding_store::revoke_invitation(int64_t id, const decision& why) {
  if (!end_invitation(id))
    return refuse(why, "revoke_invitation", name_of_invitation(id), fault::invalid_invitation);
  note(why, "revoke_invitation", name_of_invitation(id), "done");
  return done{};
}

outcome<done> deciding_store::find_invitation(const std::string& code_hash, moment now) {
  if (!usable_invitation(code_hash, now))
    return fault::invalid_invitation;
  return done{};
}

outcome<registered_user> deciding_store::register_invited(const new_user& who, const std::string& code_hash,
                                                          const decision& why) {
  const auto id = usable_invitation(code_hash, why.at);
  if (!id)
    return fault::invalid_invitation;
  auto made = register_user(who);
  if (!made)
    return made;
  for (const auto salon : salons_of_invitation(*id)) {
    if (is_member(salon, made->user.username))
      continue;
    put_member(salon, made->user.username);
    made->salons.push_back(salon);
  }
  use_invitation(*id);
  note(why, "use_invitation", with(made->user.username, name_of_invitation(*id)), "done");
  return made;
}

} // namespace salond::persistence
