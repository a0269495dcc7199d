// Who may begin a session, and what that user learns.
#pragma once
#include "persistence/answers.hpp"
#include "persistence/contracts/access.hpp"
#include "protocol/words/outcome.hpp"

namespace salond::persistence::decisions {

/// The user's row becomes `connected`, and was last seen `now`. banned, kicked, disabled, unknown_user.
outcome<arrival> open_session(const writing& db, user_id who, moment now);
/// The same with a token, which is used up; wrong_credentials: it is nobody's by now. A login that is refused uses none
/// up, and of two with the same one begins.
outcome<arrival> resume_session(const writing& db, user_id who, const std::string& token_hash, moment now);

} // namespace salond::persistence::decisions
