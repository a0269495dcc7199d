// Which names can be given to whom: each name once, and none that looks like another's.
#pragma once
#include "persistence/answers.hpp"
#include "persistence/contracts/access.hpp"

namespace salond::persistence::decisions {

/// Why there can be no such account. name_taken, also for a username that is banned for good, and for one that looks
/// like another's or like a banned one; reserved_name for one that looks like an administrator's; alias_taken. All of
/// it for names that wait, too.
std::optional<fault> why_not_new(const reading& db, const new_user& who);

/// Why an account cannot be called so from now on, be it in another spelling.
std::optional<fault> why_not_renamed(const reading& db, const user& who, const std::string& username);

/// Whether another salon has the key, be it archived, or a name that looks like it.
bool is_salon_name_taken(const reading& db, const std::string& name, salon_id by_other_than);

} // namespace salond::persistence::decisions
