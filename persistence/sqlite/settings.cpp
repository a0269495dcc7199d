// Salons: what they are, in SQLite.
#include "persistence/sqlite/rows.hpp"
#include "persistence/sqlite/sqlite_store.hpp"
#include "protocol/words/names.hpp"

namespace salond::persistence {

using sqlite::blob;

namespace {

// The messages know better than the column, which is written only when messages go.
#define SALOND_SALONS_OPEN                                                                                             \
  "SELECT salon_id, nom_salon, policy, max(last_seq, coalesce("                                                        \
  "(SELECT max(seq) FROM messages m WHERE m.salon_id = s.salon_id), 0)), topic "                                       \
  "FROM salons s WHERE archived_ms IS NULL "

salon_record salon_in(const sqlite::query& row) {
  return {salon_id{row.integer(0)}, row.text(1), policy_of(row.text(2)), row.integer(3), row.text(4)};
}

} // namespace

std::vector<salon_record> sqlite_store::salons() {
  auto found = db_->ask(SALOND_SALONS_OPEN "ORDER BY salon_id");
  std::vector<salon_record> result;
  while (found.next())
    result.push_back(salon_in(found));
  return result;
}

outcome<salon_record> sqlite_store::salon_of(salon_id salon) {
  auto found = db_->ask(SALOND_SALONS_OPEN "AND salon_id = ?", salon.value);
  if (!found.next())
    return fault::unknown_salon;
  return salon_in(found);
}

bool sqlite_store::is_salon_key_taken(const std::string& key, salon_id by_other_than) {
  return db_->ask("SELECT 1 FROM salons WHERE nom_key = ? AND salon_id <> ?", blob{key}, by_other_than.value).next();
}

salon_id sqlite_store::insert_salon(const std::string& name, policy how) {
  db_->run("INSERT INTO salons(nom_salon, nom_key, policy) VALUES (?, ?, ?)", name, blob{key_of(name)}, to_word(how));
  return salon_id{db_->last_insert_id()};
}

void sqlite_store::put_policy(salon_id salon, policy how) {
  db_->run("UPDATE salons SET policy = ? WHERE salon_id = ?", to_word(how), salon.value);
}

void sqlite_store::put_topic(salon_id salon, const std::string& topic) {
  db_->run("UPDATE salons SET topic = ? WHERE salon_id = ?", topic, salon.value);
}

void sqlite_store::put_salon_name(salon_id salon, const std::string& name) {
  db_->run("UPDATE salons SET nom_salon = ?, nom_key = ? WHERE salon_id = ?", name, blob{key_of(name)}, salon.value);
}

void sqlite_store::put_archived(salon_id salon, moment at) {
  db_->run("UPDATE salons SET archived_ms = ? WHERE salon_id = ?", to_ms(at), salon.value);
  db_->run("DELETE FROM join_requests WHERE salon_id = ?", salon.value);
  db_->run("DELETE FROM moderators WHERE salon_id = ?", salon.value);
  db_->run("DELETE FROM notices WHERE salon_id = ?", salon.value);
}

} // namespace salond::persistence
