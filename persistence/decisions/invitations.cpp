#include "persistence/decisions/invitations.hpp"
#include "persistence/contracts/invitations.hpp"
#include "persistence/contracts/memberships.hpp"
#include "persistence/contracts/salons.hpp"
#include "persistence/decisions/audit.hpp"
#include "persistence/decisions/registrations.hpp"
#include <algorithm>

namespace salond::persistence::decisions {
namespace {

std::string name_of_invitation(int64_t id) {
  return "invitation " + std::to_string(id);
}

} // namespace

outcome<int64_t> create_invitation(const writing& db, const new_invitation& invitation, const decision& why) {
  wait_for_turn(db);
  const auto uses = std::to_string(invitation.uses) + (invitation.uses == 1 ? " use" : " uses");
  const bool exist = std::all_of(invitation.salons.begin(), invitation.salons.end(),
                                 [&](salon_id salon) { return bool(db.salons.find(salon)); });
  if (!exist)
    return refuse(db, why, audited::create_invitation, uses, fault::unknown_salon);
  db.invitations.forget(why.at);
  if (db.invitations.count(why.at) >= max_invitations)
    return refuse(db, why, audited::create_invitation, uses, fault::busy);
  const auto id = db.invitations.insert(invitation, why);
  note(db, why, audited::create_invitation, with(name_of_invitation(id), uses));
  return id;
}

outcome<done> revoke_invitation(const writing& db, int64_t id, const decision& why) {
  wait_for_turn(db);
  if (!db.invitations.end(id))
    return refuse(db, why, audited::revoke_invitation, name_of_invitation(id), fault::invalid_invitation);
  note(db, why, audited::revoke_invitation, name_of_invitation(id));
  return done{};
}

outcome<done> find_invitation(const reading& db, const std::string& code_hash, moment now) {
  if (!db.invitations.usable(code_hash, now))
    return fault::invalid_invitation;
  return done{};
}

outcome<registered_user> register_invited(const writing& db, const new_user& who, const std::string& code_hash,
                                          const decision& why) {
  const auto id = db.invitations.usable(code_hash, why.at);
  if (!id)
    return fault::invalid_invitation;
  auto made = register_user(db, who);
  if (!made)
    return made;
  for (const auto salon : db.invitations.salons_of(*id)) {
    if (db.memberships.has(salon, made->user.username))
      continue;
    db.memberships.put_of_new(salon, made->user.username);
    made->salons.push_back(salon);
  }
  db.invitations.use(*id);
  note(db, why, audited::use_invitation, with(made->user.username, name_of_invitation(*id)));
  return made;
}

} // namespace salond::persistence::decisions
