// Invitations, and who registers by one. What is decided is a line in the audit log, a refused decision as well.
#pragma once
#include "persistence/answers.hpp"
#include "persistence/contracts/access.hpp"
#include "protocol/words/outcome.hpp"

namespace salond::persistence::decisions {

constexpr size_t max_invitations = 1000; ///< that can still be used
/// Answers its number. busy: there are so many; unknown_salon.
outcome<int64_t> create_invitation(const writing& db, const new_invitation& invitation, const decision& why);
/// invalid_invitation: there is none of that number.
outcome<done> revoke_invitation(const writing& db, int64_t id, const decision& why);
/// invalid_invitation: it cannot be used at `now`.
outcome<done> find_invitation(const reading& db, const std::string& code_hash, moment now);
/// As register_user(), with the invitation's salons, of which it is used once; `why` is of the user, and says when.
/// invalid_invitation.
outcome<registered_user> register_invited(const writing& db, const new_user& who, const std::string& code_hash,
                                          const decision& why);

} // namespace salond::persistence::decisions
