#include "persistence/decisions/departures.hpp"
#include "persistence/decisions/audit.hpp"

namespace salond::persistence::decisions {

void end_departure(const writing& db, const departure& of, moment at) {
  const auto now = db.departures.of(of.who);
  if (!now || now->is_over) // another node was quicker
    return;
  db.departures.end(of.who, at);
  const auto whom = now->receipt == 0 ? "a banned user" : "receipt " + std::to_string(now->receipt);
  const decision why{"server", "departure",
                     std::to_string(now->messages) + " messages and " + std::to_string(now->private_messages)
                         + " private messages are deleted",
                     at};
  note(db, why, audited::end_departure, whom);
}

} // namespace salond::persistence::decisions
