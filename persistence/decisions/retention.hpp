// How long messages are kept, and what the audit log says of those that went.
#pragma once
#include "persistence/contracts/access.hpp"
#include "persistence/contracts/retention.hpp"
#include "protocol/words/outcome.hpp"

namespace salond::persistence::decisions {

/// The salon's messages go so many days after they were posted; 0: never; nothing: as the configuration says. A line in
/// the audit log, of a refusal as well. unknown_salon.
outcome<salon_record> set_retention(const writing& db, salon_id salon, std::optional<int64_t> days,
                                    const decision& why);

/// Has the audit log say how many messages went of which it has no line. Answers how many; of none there is no line.
int64_t note_removed(const writing& db, const aged_series& of, moment at);

} // namespace salond::persistence::decisions
