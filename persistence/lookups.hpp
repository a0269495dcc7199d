// What operators ask of a salon's rows.
#pragma once
#include "persistence/contracts/access.hpp"
#include "persistence/fields.hpp"
#include "protocol/words/ids.hpp"
#include <string>
#include <vector>

namespace salond::persistence {

/// A membership of a salon.
struct member_row {
  std::string username;
  bool by_moderator = false; ///< a moderator added him
};

/// Some of a salon's, in the order in which they came, and where to go on; no row: these were the last.
struct member_page {
  std::vector<member_row> members;
  table_row last;
};
member_page members_after(const reading& db, salon_id salon, const table_row& after);

/// The usernames of those whom a salon is given to.
std::vector<std::string> moderators_of(const reading& db, salon_id salon);

} // namespace salond::persistence
