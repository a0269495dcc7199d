// How the audit log names whom or what a command was about.
#pragma once
#include "persistence/store.hpp"

namespace salond::persistence {

/// "Zoé (Général)".
inline std::string with(const std::string& whom, const std::string& about) {
  return whom + " (" + about + ")";
}

/// The username as its owner spells it; as it was asked for where nobody has it.
inline std::string spelling(const outcome<user>& account, const std::string& username_key) {
  return account ? account->username : username_key;
}

} // namespace salond::persistence
