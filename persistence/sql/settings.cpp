// Salons: what they are.
#include "persistence/sql/rows.hpp"
#include "persistence/sql/sql_store.hpp"
#include "protocol/words/names.hpp"

namespace salond::persistence {
namespace {

// The messages know better than the column, which is written only when messages go.
std::string all_salons(const sql_words& words) {
  return std::string("SELECT salon_id, nom_salon, policy, ") + words.greater_of
         + "(last_seq, coalesce((SELECT max(seq) FROM messages m WHERE m.salon_id = s.salon_id), 0)), topic, "
           "archived_ms FROM salons s ";
}

std::string open_salons(const sql_words& words) {
  return all_salons(words) + "WHERE archived_ms IS NULL ";
}

salon_record salon_in(const query_result& row) {
  return {salon_id{row.integer(0)}, row.text(1), policy_of(row.text(2)), row.integer(3), row.text(4)};
}

} // namespace

std::vector<salon_record> sql_store::salons() {
  return all_in(db().ask(open_salons(db().words()) + "ORDER BY salon_id"), salon_in);
}

std::vector<archived_salon> sql_store::archived_salons() {
  return all_in(db().ask(all_salons(db().words()) + "WHERE archived_ms IS NOT NULL ORDER BY salon_id"),
                [](const query_result& row) -> archived_salon {
                  return {salon_in(row), from_ms(row.integer(5))};
                });
}

outcome<salon_record> sql_store::salon_of(salon_id salon) {
  const auto found = db().ask(open_salons(db().words()) + "AND salon_id = ?", {salon.value});
  if (!found->next())
    return fault::unknown_salon;
  return salon_in(*found);
}

bool sql_store::is_salon_key_taken(const std::string& key, salon_id by_other_than) {
  lock_names();
  return db().ask("SELECT 1 FROM salons WHERE nom_key = ? AND salon_id <> ?", {blob{key}, by_other_than.value})->next();
}

salon_id sql_store::insert_salon(const std::string& name, policy policy) {
  const auto key = key_of(name);
  db().run("INSERT INTO salons(nom_salon, nom_key, policy) VALUES (?, ?, ?)", {name, blob{key}, to_word(policy)});
  const salon_id made{db().last_insert_id()};
  tell_nodes({fact::kind::salon, {}, made, {}});
  return made;
}

void sql_store::put_policy(salon_id salon, policy policy) {
  db().run("UPDATE salons SET policy = ? WHERE salon_id = ?", {to_word(policy), salon.value});
  tell_nodes({fact::kind::salon, {}, salon, {}});
}

void sql_store::put_topic(salon_id salon, const std::string& topic) {
  db().run("UPDATE salons SET topic = ? WHERE salon_id = ?", {topic, salon.value});
  tell_nodes({fact::kind::salon, {}, salon, {}});
}

void sql_store::put_salon_name(salon_id salon, const std::string& name) {
  const auto key = key_of(name);
  db().run("UPDATE salons SET nom_salon = ?, nom_key = ? WHERE salon_id = ?", {name, blob{key}, salon.value});
  tell_nodes({fact::kind::salon, {}, salon, {}});
}

void sql_store::end_archiving(salon_id salon) {
  db().run("UPDATE salons SET archived_ms = NULL WHERE salon_id = ?", {salon.value});
  tell_nodes({fact::kind::salon, {}, salon, {}});
}

void sql_store::put_archived(salon_id salon, moment at) {
  db().run("UPDATE salons SET archived_ms = ? WHERE salon_id = ?", {to_ms(at), salon.value});
  db().run("DELETE FROM join_requests WHERE salon_id = ?", {salon.value});
  db().run("DELETE FROM moderators WHERE salon_id = ?", {salon.value});
  db().run("DELETE FROM notices WHERE salon_id = ?", {salon.value});
  tell_nodes({fact::kind::salon, {}, salon, {}});
}

} // namespace salond::persistence
