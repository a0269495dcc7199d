// How a decision stands in the audit log: what was decided, about whom, and how it ended.
#pragma once
#include "persistence/contracts/access.hpp"
#include "persistence/contracts/audit.hpp"
#include "protocol/words/outcome.hpp"

namespace salond::persistence::decisions {

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
