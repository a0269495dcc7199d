// Many accounts at once, all of them or none.
#pragma once
#include "persistence/answers.hpp"
#include "persistence/contracts/access.hpp"

namespace salond::persistence::decisions {

/// What keeps these accounts from being made, in their order. REQUIRES: their names can be given, and are not taken by
/// one another.
std::vector<import_fault> import_faults(const reading& db, const std::vector<imported_account>& all);
/// Makes all of them, or none where there is a fault; a line in the audit log. REQUIRES: as import_faults().
import_result import_accounts(const writing& db, const std::vector<imported_account>& all, const decision& why);

} // namespace salond::persistence::decisions
