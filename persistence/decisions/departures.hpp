// The end of an account that is gone.
#pragma once
#include "persistence/contracts/access.hpp"
#include "persistence/contracts/departures.hpp"

namespace salond::persistence::decisions {

/// Nothing is left of the account: its row goes, and the audit log says how many messages went, of an erasure under its
/// receipt's number.
void end_departure(const writing& db, const departure& of, moment at);

} // namespace salond::persistence::decisions
