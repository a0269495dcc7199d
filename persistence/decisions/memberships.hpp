// Who comes to belong to a salon, and who no longer does. What an operator decides is a line in the audit log, a
// refused decision as well. What the user was not told yet and contradicts it is not told any more.
#pragma once
#include "persistence/answers.hpp"
#include "persistence/contracts/access.hpp"
#include "protocol/words/outcome.hpp"

namespace salond::persistence::decisions {

// --- by the user: unknown_user ---
outcome<membership_change> add_member(const writing& db, salon_id salon, user_id who);
outcome<membership_change> remove_member(const writing& db, salon_id salon, user_id who);
outcome<request_change> add_request(const writing& db, salon_id salon, user_id who, moment now);

// --- about a request ---
/// The request becomes a membership. no_such_request.
outcome<done> accept_request(const writing& db, salon_id salon, user_id who, const decision& why);
/// The request ends, and the membership too, if any; answers whether there was a membership. no_such_request when there
/// was neither.
outcome<membership_change> reject_request(const writing& db, salon_id salon, user_id who, const decision& why);

// --- by an operator, who makes a member, or ends a membership: unknown_salon, unknown_user ---
outcome<membership_change> admit(const writing& db, salon_id salon, const std::string& username_key,
                                 const decision& why);
outcome<membership_change> dismiss(const writing& db, salon_id salon, const std::string& username_key,
                                   const decision& why);

} // namespace salond::persistence::decisions
