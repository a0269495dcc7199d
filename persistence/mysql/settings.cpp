// Salons, and what operators decide about them, in MySQL and MariaDB.
#include "persistence/mysql/mysql_store.hpp"
#include "persistence/mysql/rows.hpp"
#include "protocol/words/names.hpp"

namespace salond::persistence {

namespace {

// The messages know better than the column, which is written only when messages go.
#define SALOND_SALONS_OPEN                                                                                             \
  "SELECT salon_id, nom_salon, policy, greatest(last_seq, coalesce("                                                   \
  "(SELECT max(seq) FROM messages m WHERE m.salon_id = s.salon_id), 0)), topic "                                       \
  "FROM salons s WHERE archived_ms IS NULL "

salon_record salon_in(const mysql::result& row) {
  return {salon_id{row.integer(0)}, row.text(1), policy_of(row.text(2)), row.integer(3), row.text(4)};
}

} // namespace

std::vector<salon_record> mysql_store::salons() {
  auto found = db().ask(SALOND_SALONS_OPEN "ORDER BY salon_id");
  std::vector<salon_record> result;
  while (found.next())
    result.push_back(salon_in(found));
  return result;
}

outcome<salon_record> mysql_store::salon_of(salon_id salon) {
  auto found = db().ask(SALOND_SALONS_OPEN "AND salon_id = ?", {salon.value});
  if (!found.next())
    return fault::unknown_salon;
  return salon_in(found);
}

bool mysql_store::is_open(salon_id salon) {
  return db().number("SELECT 1 FROM salons WHERE salon_id = ? AND archived_ms IS NULL", {salon.value}).has_value();
}

bool mysql_store::is_salon_key_taken(const std::string& key, salon_id by_other_than) {
  return db()
      .number("SELECT 1 FROM salons WHERE nom_key = ? AND salon_id <> ?", {key, by_other_than.value})
      .has_value();
}

outcome<salon_record> mysql_store::create_salon(const std::string& name, policy how, const decision& why) {
  const auto key = key_of(name);
  const auto whom = name + " (" + to_word(how) + ")";
  if (is_salon_key_taken(key, salon_id{}))
    return refuse(why, "create_salon", whom, fault::invalid_name);
  db().run("INSERT INTO salons(nom_salon, nom_key, policy) VALUES (?, ?, ?)", {name, key, std::string(to_word(how))});
  const salon_id id{db().last_insert_id()};
  note(why, "create_salon", whom, "done");
  return salon_record{id, name, how, 0, {}};
}

outcome<salon_record> mysql_store::set_policy(salon_id salon, policy how, const decision& why) {
  auto result = salon_of(salon);
  const auto whom = name_of(salon) + " (" + to_word(how) + ")";
  if (!result)
    return refuse(why, "set_policy", whom, result.why());
  db().run("UPDATE salons SET policy = ? WHERE salon_id = ?", {std::string(to_word(how)), salon.value});
  note(why, "set_policy", whom, "done");
  result->policy = how;
  return result;
}

outcome<salon_record> mysql_store::set_topic(salon_id salon, const std::string& topic, const decision& why) {
  auto result = salon_of(salon);
  if (!result)
    return refuse(why, "set_topic", name_of(salon), result.why());
  db().run("UPDATE salons SET topic = ? WHERE salon_id = ?", {topic, salon.value});
  note(why, "set_topic", result->name, "done");
  result->topic = topic;
  return result;
}

outcome<salon_record> mysql_store::rename_salon(salon_id salon, const std::string& name, const decision& why) {
  auto result = salon_of(salon);
  const auto key = key_of(name);
  const auto whom = name_of(salon) + " (" + name + ")";
  if (!result)
    return refuse(why, "rename_salon", whom, result.why());
  if (is_salon_key_taken(key, salon))
    return refuse(why, "rename_salon", whom, fault::invalid_name);
  db().run("UPDATE salons SET nom_salon = ?, nom_key = ? WHERE salon_id = ?", {name, key, salon.value});
  note(why, "rename_salon", whom, "done");
  result->name = name;
  return result;
}

outcome<salon_record> mysql_store::archive_salon(salon_id salon, const decision& why) {
  const auto result = salon_of(salon);
  if (!result)
    return refuse(why, "archive_salon", name_of(salon), result.why());
  db().run("UPDATE salons SET archived_ms = ? WHERE salon_id = ?", {to_ms(why.at), salon.value});
  db().run("DELETE FROM join_requests WHERE salon_id = ?", {salon.value});
  db().run("DELETE FROM moderators WHERE salon_id = ?", {salon.value});
  note(why, "archive_salon", result->name, "done");
  return result;
}

} // namespace salond::persistence
