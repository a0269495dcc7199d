// Salons: what they are, in MySQL and MariaDB.
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

bool mysql_store::is_salon_key_taken(const std::string& key, salon_id by_other_than) {
  return db()
      .number("SELECT 1 FROM salons WHERE nom_key = ? AND salon_id <> ?", {key, by_other_than.value})
      .has_value();
}

salon_id mysql_store::insert_salon(const std::string& name, policy how) {
  db().run("INSERT INTO salons(nom_salon, nom_key, policy) VALUES (?, ?, ?)",
           {name, key_of(name), std::string(to_word(how))});
  return salon_id{db().last_insert_id()};
}

void mysql_store::put_policy(salon_id salon, policy how) {
  db().run("UPDATE salons SET policy = ? WHERE salon_id = ?", {std::string(to_word(how)), salon.value});
}

void mysql_store::put_topic(salon_id salon, const std::string& topic) {
  db().run("UPDATE salons SET topic = ? WHERE salon_id = ?", {topic, salon.value});
}

void mysql_store::put_salon_name(salon_id salon, const std::string& name) {
  db().run("UPDATE salons SET nom_salon = ?, nom_key = ? WHERE salon_id = ?", {name, key_of(name), salon.value});
}

void mysql_store::put_archived(salon_id salon, moment at) {
  db().run("UPDATE salons SET archived_ms = ? WHERE salon_id = ?", {to_ms(at), salon.value});
  db().run("DELETE FROM join_requests WHERE salon_id = ?", {salon.value});
  db().run("DELETE FROM moderators WHERE salon_id = ?", {salon.value});
  db().run("DELETE FROM notices WHERE salon_id = ?", {salon.value});
}

} // namespace salond::persistence
