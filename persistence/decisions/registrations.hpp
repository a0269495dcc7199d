// Who gets an account: at once, or when an administrator agrees. What an operator decides is a line in the audit log, a
// refused one as well.
#pragma once
#include "persistence/answers.hpp"
#include "persistence/contracts/access.hpp"
#include "protocol/words/outcome.hpp"

namespace salond::persistence::decisions {

/// name_taken, reserved_name, alias_taken, as why_not_new() says.
outcome<registered_user> register_user(const writing& db, const new_user& who);
/// As register_user(), by an operator.
outcome<registered_user> add_user(const writing& db, const new_user& who, const decision& why);

constexpr size_t most_registrations = 1000;          ///< that wait
constexpr size_t most_registrations_of_network = 20; ///< that wait
/// As register_user(), but there is no account before it is accepted. busy: so many wait already; too_many_attempts: of
/// its network.
outcome<done> request_registration(const writing& db, const new_user& who, moment now);
/// The account is made. no_such_request; name_taken and alias_taken where the server itself took a name.
outcome<registered_user> accept_registration(const writing& db, const std::string& username_key, const decision& why);
/// Its names are free again. no_such_request.
outcome<done> reject_registration(const writing& db, const std::string& username_key, const decision& why);
/// The same for many; answers how many. One line in the audit log. no_such_request.
outcome<size_t> reject_registrations(const writing& db, const registration_filter& which, const decision& why);
/// As accept_registration() for many, a line each; those whose names are taken now stay. no_such_request: there is
/// none.
outcome<std::vector<registered_user>> accept_registrations(const writing& db, const registration_filter& which,
                                                           const decision& why);

} // namespace salond::persistence::decisions
