#include "persistence/decisions/memberships.hpp"
#include "persistence/contracts/accounts.hpp"
#include "persistence/contracts/join_requests.hpp"
#include "persistence/contracts/memberships.hpp"
#include "persistence/contracts/salons.hpp"
#include "persistence/decisions/audit.hpp"

namespace salond::persistence::decisions {
namespace {

/// What an operator decides about: a salon and a user that there are.
struct decided_membership {
  outcome<user> account;
  std::string about; ///< for the audit log
};

decided_membership membership_of(const reading& db, salon_id salon, const std::string& username_key) {
  auto account = db.accounts.find(username_key);
  auto about = with(spelling(account, username_key), db.salons.name_of(salon));
  if (!db.salons.find(salon))
    account = fault::unknown_salon;
  return {std::move(account), std::move(about)};
}

/// The same of who asked to belong to it.
decided_membership request_of(const reading& db, salon_id salon, user_id who) {
  auto account = db.accounts.numbered(who);
  auto about = with(spelling(account, "user " + std::to_string(who.value)), db.salons.name_of(salon));
  return {std::move(account), std::move(about)};
}

} // namespace

outcome<membership_change> add_member(const writing& db, salon_id salon, user_id who) {
  const auto account = db.accounts.numbered(who);
  if (!account)
    return account.why();
  db.join_requests.end(salon, who); // a member has nothing to ask for
  db.join_requests.forget_decision(salon, who, false);
  if (db.memberships.has(salon, account->username))
    return membership_change::was_so;
  db.memberships.put(salon, account->username);
  return membership_change::made;
}

outcome<membership_change> remove_member(const writing& db, salon_id salon, user_id who) {
  const auto account = db.accounts.numbered(who);
  if (!account)
    return account.why();
  db.join_requests.forget_decision(salon, who, true);
  return db.memberships.end(salon, account->username, true) ? membership_change::made : membership_change::was_so;
}

outcome<request_change> add_request(const writing& db, salon_id salon, user_id who, moment now) {
  const auto account = db.accounts.numbered(who);
  if (!account)
    return account.why();
  if (db.memberships.has(salon, account->username))
    return request_change::was_member;
  if (db.join_requests.has(salon, who))
    return request_change::was_pending;
  db.join_requests.insert(salon, who, now);
  return request_change::made;
}

outcome<done> accept_request(const writing& db, salon_id salon, user_id who, const decision& why) {
  wait_for_turn(db);
  const auto [account, about] = request_of(db, salon, who);
  if (!account || !db.join_requests.end(salon, who)) // the request of an account that is gone went with it
    return refuse(db, why, audited::accept, about, fault::no_such_request);
  if (!db.memberships.has(salon, account->username))
    db.memberships.put(salon, account->username);
  db.join_requests.forget_decision(salon, who, false);
  note(db, why, audited::accept, about);
  return done{};
}

outcome<membership_change> reject_request(const writing& db, salon_id salon, user_id who, const decision& why) {
  wait_for_turn(db);
  const auto [account, about] = request_of(db, salon, who);
  const bool asked = account && db.join_requests.end(salon, who);
  const bool belonged = account && db.memberships.end(salon, account->username, false);
  if (!asked && !belonged)
    return refuse(db, why, audited::reject, about, fault::no_such_request);
  note(db, why, audited::reject, about);
  db.join_requests.forget_decision(salon, who, true);
  db.join_requests.tell_refused(salon, who);
  return belonged ? membership_change::made : membership_change::was_so;
}

outcome<membership_change> admit(const writing& db, salon_id salon, const std::string& username_key,
                                 const decision& why) {
  wait_for_turn(db);
  const auto [account, about] = membership_of(db, salon, username_key);
  if (!account)
    return refuse(db, why, audited::admit, about, account.why());
  note(db, why, audited::admit, about);
  const auto made = add_member(db, salon, account->id);
  if (made && *made == membership_change::made && why.by_moderator)
    db.memberships.mark_made_by_moderator(salon, account->id);
  return made;
}

outcome<membership_change> dismiss(const writing& db, salon_id salon, const std::string& username_key,
                                   const decision& why) {
  wait_for_turn(db);
  const auto [account, about] = membership_of(db, salon, username_key);
  if (!account)
    return refuse(db, why, audited::dismiss, about, account.why());
  note(db, why, audited::dismiss, about);
  return remove_member(db, salon, account->id);
}

} // namespace salond::persistence::decisions
