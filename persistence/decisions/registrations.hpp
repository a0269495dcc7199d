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

constexpr size_t max_registrations = 1000;          ///< that wait
constexpr size_t max_registrations_of_network = 20; ///< that wait
/// Why request_registration() would refuse this one now, if so.
std::optional<fault> why_not_requested(const reading& db, const new_user& who);
/// As register_user(), but there is no account before it is accepted. busy: so many wait already; too_many_attempts: of
/// its network.
outcome<done> request_registration(const writing& db, const new_user& who, moment now);
/// The account is made. no_such_request; name_taken and alias_taken where the server itself took a name, or a name was
/// banned that looks like it: it goes on waiting.
outcome<registered_user> accept_registration(const writing& db, const std::string& username_key, const decision& why);
/// Its names are free again. no_such_request.
outcome<done> reject_registration(const writing& db, const std::string& username_key, const decision& why);
/// The same for many; answers how many. One line in the audit log. no_such_request.
outcome<size_t> reject_registrations(const writing& db, const registration_filter& which, const decision& why);

/// The registrations that are meant, the oldest first.
std::vector<registration> registrations_of(const reading& db, const registration_filter& which);

/// What became of registrations that were to be accepted.
struct accepted_registrations {
  std::vector<registered_user> made;
  std::vector<std::string> refused; ///< whose names are taken now: they go on waiting
};
/// As accept_registration() for those of these that still wait, a line each.
accepted_registrations accept_registrations(const writing& db, const std::vector<registration>& which,
                                            const decision& why);

} // namespace salond::persistence::decisions
