// What operators ask of a salon's rows.
#pragma once
#include "persistence/contracts/access.hpp"
#include "protocol/words/ids.hpp"
#include <string>
#include <vector>

namespace salond::persistence {

/// A membership of a salon.
struct member_row {
  std::string username;
  bool by_moderator = false; ///< a moderator added him
};

/// All of a salon's, in the order in which they came.
std::vector<member_row> members_of(const reading& db, salon_id salon);

/// The usernames of those whom a salon is given to.
std::vector<std::string> moderators_of(const reading& db, salon_id salon);

} // namespace salond::persistence
