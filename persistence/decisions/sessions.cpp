#include "persistence/decisions/sessions.hpp"
#include "persistence/contracts/join_requests.hpp"
#include "persistence/contracts/private_messages.hpp"
#include "persistence/contracts/sessions.hpp"

namespace salond::persistence::decisions {

outcome<arrival> open_session(const writing& db, user_id who, moment now) {
  auto found = db.sessions.standing_of(who, now);
  if (!found)
    return fault::unknown_user;
  if (found->banned || found->kicked)
    return found->banned ? fault::banned : fault::kicked;
  if (found->disabled)
    return fault::disabled;
  db.sessions.mark_connected(who, now);
  arrival result;
  result.salons = std::move(found->salons);
  if (found->has_decisions)
    result.decided = db.join_requests.decided_for(who);
  if (found->has_mail) {
    auto page = db.private_messages.waiting_for(who);
    result.waiting = std::move(page.texts);
    result.later = std::move(page.later);
  }
  return result;
}

outcome<arrival> resume_session(const writing& db, user_id who, const std::string& token_hash, moment now) {
  if (!db.sessions.find_token(token_hash, now))
    return fault::wrong_credentials;
  auto opened = open_session(db, who, now);
  if (opened)
    db.sessions.end_token(token_hash);
  return opened;
}

} // namespace salond::persistence::decisions
