#include "persistence/decisions/retention.hpp"
#include "persistence/contracts/salons.hpp"
#include "persistence/decisions/audit.hpp"

namespace salond::persistence::decisions {
namespace {

std::string spelled(std::optional<int64_t> days) {
  if (!days)
    return "as configured";
  if (*days == 0)
    return "for good";
  return std::to_string(*days) + (*days == 1 ? " day" : " days");
}

} // namespace

outcome<salon_record> set_retention(const writing& db, salon_id salon, std::optional<int64_t> days,
                                    const decision& why) {
  wait_for_turn(db);
  const auto result = db.salons.find(salon);
  const auto whom = with(db.salons.name_of(salon), spelled(days));
  if (!result)
    return refuse(db, why, audited::set_retention, whom, result.why());
  db.retention.put_own_days(salon, days);
  note(db, why, audited::set_retention, whom);
  return result;
}

int64_t note_removed(const writing& db, const aged_series& of, moment at) {
  const auto count = db.retention.take_untold(of.of);
  if (count == 0)
    return 0;
  const auto whom = of.of.is_private() ? "private messages" : db.salons.name_of(of.of.salon);
  const decision why{"server", "retention", std::to_string(count) + (count == 1 ? " message" : " messages"), at};
  note(db, why, audited::remove_old_messages, whom);
  return count;
}

} // namespace salond::persistence::decisions
