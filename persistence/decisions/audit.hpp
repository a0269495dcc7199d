// How a decision stands in the audit log: what was decided, about whom, and how it ended.
#pragma once
#include "persistence/contracts/access.hpp"
#include "persistence/contracts/accounts.hpp"
#include "persistence/contracts/audit.hpp"
#include "protocol/words/outcome.hpp"

namespace salond::persistence::decisions {

/// Of a node: from here to the transaction's end no other node takes a decision, so that what this one looks up is so
/// when it is acted upon, and two at once are told what came of theirs.
inline void wait_for_turn(const writing& db) {
  db.accounts.hold_names();
}

/// Writes the line of a decision that was taken.
inline void note(const writing& db, const decision& why, audit_word command, const std::string& to) {
  db.audit.note(why, command, to, "done");
}

/// Writes the line of a refused one; answers the refusal.
inline fault refuse(const writing& db, const decision& why, audit_word command, const std::string& to, fault because) {
  db.audit.note(why, command, to, to_string(because));
  return because;
}

/// "Zoé (Général)".
inline std::string with(const std::string& whom, const std::string& about) {
  return whom + " (" + about + ")";
}

/// The username as its owner spells it; as it was asked for where nobody has it.
inline std::string spelling(const outcome<user>& account, const std::string& username_key) {
  return account ? account->username : username_key;
}

} // namespace salond::persistence::decisions
