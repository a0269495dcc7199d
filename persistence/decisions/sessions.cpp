#include "persistence/decisions/sessions.hpp"
#include "persistence/contracts/join_requests.hpp"
#include "persistence/contracts/private_messages.hpp"
#include "persistence/contracts/sessions.hpp"
#include <algorithm>

namespace salond::persistence::decisions {
namespace {

/// Whether nothing changed between the proof and the entry that the proof, or the session, relies on. A token has been
/// looked for once more. An outdated hash may have been replaced by a better one of the same password, by this login or
/// by another of that moment; any other hash is that of another password.
bool is_who_was_proven(const user& now, const proven_account& as) {
  const auto& then = as.who;
  if (now.username != then.username || now.role != then.role)
    return false;
  const auto& better = as.better_hashes;
  return !as.token_hash.empty() || now.password_hash == then.password_hash
         || std::find(better.begin(), better.end(), now.password_hash) != better.end();
}

} // namespace

outcome<arrival> open_session(const writing& db, user_id who, moment now) {
  auto found = db.sessions.receive(who, now);
  if (!found)
    return fault::unknown_user;
  if (found->banned || found->kicked)
    return found->banned ? fault::banned : fault::kicked;
  if (found->disabled)
    return fault::disabled;
  db.sessions.mark_connected(who, now);
  arrival result;
  result.who = std::move(found->who);
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

outcome<arrival> enter(const writing& db, const proven_account& as, moment now) {
  if (!as.token_hash.empty() && !db.sessions.find_token(as.token_hash, now))
    return fault::wrong_credentials;
  auto opened = open_session(db, as.who.id, now);
  if (opened && !is_who_was_proven(opened->who, as))
    return fault::storage;
  if (opened && !as.token_hash.empty())
    db.sessions.end_token(as.token_hash);
  return opened;
}

} // namespace salond::persistence::decisions
