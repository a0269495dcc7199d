#include "persistence/decisions/salons.hpp"
#include "persistence/column_words.hpp"
#include "persistence/contracts/salons.hpp"
#include "persistence/decisions/audit.hpp"
#include "persistence/decisions/names.hpp"
#include "protocol/words/names.hpp"

namespace salond::persistence::decisions {

outcome<salon_record> create_salon(const writing& db, const std::string& name, policy admission, const decision& why) {
  wait_for_turn(db);
  const auto whom = with(name, to_word(admission));
  if (is_salon_name_taken(db, name, salon_id{}))
    return refuse(db, why, audited::create_salon, whom, fault::invalid_name);
  const auto id = db.salons.insert(name, admission);
  note(db, why, audited::create_salon, whom);
  return salon_record{id, name, admission, 0, {}};
}

outcome<salon_record> set_policy(const writing& db, salon_id salon, policy admission, const decision& why) {
  wait_for_turn(db);
  auto result = db.salons.find(salon);
  const auto whom = with(db.salons.name_of(salon), to_word(admission));
  if (!result)
    return refuse(db, why, audited::set_policy, whom, result.why());
  db.salons.put_policy(salon, admission);
  note(db, why, audited::set_policy, whom);
  result->policy = admission;
  return result;
}

outcome<salon_record> set_topic(const writing& db, salon_id salon, const std::string& topic, const decision& why) {
  wait_for_turn(db);
  auto result = db.salons.find(salon);
  if (!result)
    return refuse(db, why, audited::set_topic, db.salons.name_of(salon), result.why());
  db.salons.put_topic(salon, topic);
  note(db, why, audited::set_topic, with(result->name, topic));
  result->topic = topic;
  return result;
}

outcome<salon_record> rename_salon(const writing& db, salon_id salon, const std::string& present_name,
                                   const std::string& name, const decision& why) {
  wait_for_turn(db);
  auto result = db.salons.find(salon);
  if (result && result->name != present_name) // somebody else renamed it meanwhile
    result = fault::unknown_salon;
  const auto whom = with(present_name, name);
  if (!result)
    return refuse(db, why, audited::rename_salon, whom, result.why());
  if (is_salon_name_taken(db, name, salon))
    return refuse(db, why, audited::rename_salon, whom, fault::invalid_name);
  db.salons.put_name(salon, name);
  note(db, why, audited::rename_salon, whom);
  result->name = name;
  return result;
}

outcome<salon_record> archive_salon(const writing& db, salon_id salon, const decision& why) {
  wait_for_turn(db);
  const auto result = db.salons.find(salon);
  if (!result)
    return refuse(db, why, audited::archive_salon, db.salons.name_of(salon), result.why());
  db.salons.archive(salon, why.at);
  note(db, why, audited::archive_salon, result->name);
  return result;
}

outcome<salon_record> restore_salon(const writing& db, const std::string& name_key, const decision& why) {
  wait_for_turn(db);
  for (const auto& salon : db.salons.archived()) {
    if (key_of(salon.record.name) != name_key)
      continue;
    if (is_salon_name_taken(db, salon.record.name, salon.record.id)) // one that was made meanwhile looks like it
      return refuse(db, why, audited::restore_salon, salon.record.name, fault::invalid_name);
    db.salons.end_archiving(salon.record.id);
    note(db, why, audited::restore_salon, salon.record.name);
    return db.salons.find(salon.record.id);
  }
  return refuse(db, why, audited::restore_salon, name_key, fault::unknown_salon);
}

} // namespace salond::persistence::decisions
