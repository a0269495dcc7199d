// Who may begin a session, and what that user learns.
#pragma once
#include "persistence/answers.hpp"
#include "persistence/contracts/access.hpp"
#include "protocol/words/outcome.hpp"

namespace salond::persistence::decisions {

/// The user's row becomes `connected`, and was last seen `now`. banned, kicked, disabled, unknown_user.
outcome<arrival> open_session(const writing& db, user_id who, moment now);

/// Who has proven whose account it is.
struct proven_account {
  user who; ///< as he was found before the proof
  /// Of the password that fits the hash which was found: one of them may have replaced it.
  std::vector<std::string> better_hashes = {};
  std::string token_hash = {}; ///< of the token that showed it, if one did
};
/// The same, of who was proven. storage: the account has another name, role or password by now, so that he is to try
/// again. The token is used up; wrong_credentials: it is nobody's by now. A login that is refused uses none up, and of
/// two with the same one begins.
outcome<arrival> enter(const writing& db, const proven_account& as, moment now);

} // namespace salond::persistence::decisions
