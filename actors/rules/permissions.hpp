// Rights: the one place that decides who may do what, for operators and for sessions alike.
#pragma once
#include "protocol/words/ids.hpp"
#include "protocol/words/operator_command.hpp"
#include "protocol/words/records.hpp"
#include <algorithm>
#include <optional>

namespace salond::rules {

/// Somebody who gives commands, as far as rights go.
struct authority {
  salond::role role = salond::role::user;
  std::vector<salon_id> moderates; ///< of a moderator
};

/// Whether `by` may give a command that needs `needs` and is about `salon` (none: about no salon, or about all).
inline bool may(const authority& by, right needs, std::optional<salon_id> salon) {
  switch (by.role) {
  case role::administrator: return true;
  case role::user: return false;
  case role::moderator: break;
  }
  switch (needs) {
  case right::operators: return true;
  case right::administrators: return false;
  case right::moderators: break;
  }
  return salon && std::find(by.moderates.begin(), by.moderates.end(), *salon) != by.moderates.end();
}

} // namespace salond::rules
