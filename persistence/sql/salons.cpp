// Salons: what they are.
#include "persistence/contracts/salons.hpp"
#include "persistence/sql/features.hpp"
#include "persistence/sql/rows.hpp"
#include "protocol/words/names.hpp"

namespace salond::persistence {
namespace {

// The messages know better than the column, which is written only when messages go.
std::string all_salons(const sql_words& words) {
  return std::string("SELECT salon_id, nom_salon, policy, ") + words.greater_of + "(last_seq, coalesce("
         + newest_seq(words, "s.salon_id") + ", 0)), topic, archived_ms FROM salons s ";
}

std::string open_salons(const sql_words& words) {
  return all_salons(words) + "WHERE archived_ms IS NULL ";
}

salon_record salon_in(const query_result& row) {
  return {salon_id{row.integer(0)}, row.text(1), policy_of(row.text(2)), row.integer(3), row.text(4)};
}

class sql_salons final : public feature<salon_store> {
public:
  using feature::feature;

  std::vector<salon_record> all() const override {
    return all_in(db().ask(open_salons(db().words()) + "ORDER BY salon_id"), salon_in);
  }

  std::vector<archived_salon> archived() const override {
    return all_in(db().ask(all_salons(db().words()) + "WHERE archived_ms IS NOT NULL ORDER BY salon_id"),
                  [](const query_result& row) -> archived_salon {
                    return {salon_in(row), from_ms(row.integer(5))};
                  });
  }

  outcome<salon_record> find(salon_id salon) const override {
    const auto found = db().ask(open_salons(db().words()) + "AND salon_id = ?", {salon.value});
    if (!found->next())
      return fault::unknown_salon;
    return salon_in(*found);
  }

  std::string name_of(salon_id salon) const override {
    const auto found = db().ask("SELECT nom_salon FROM salons WHERE salon_id = ?", {salon.value});
    return found->next() ? found->text(0) : std::to_string(salon.value);
  }

  bool is_key_taken(const std::string& key, salon_id by_other_than) const override {
    lock_names();
    return db()
        .ask("SELECT 1 FROM salons WHERE nom_key = ? AND salon_id <> ?", {blob{key}, by_other_than.value})
        ->next();
  }

  salon_id insert(const std::string& name, policy policy) override {
    const auto key = key_of(name);
    db().run("INSERT INTO salons(nom_salon, nom_key, policy) VALUES (?, ?, ?)", {name, blob{key}, to_word(policy)});
    const salon_id made{db().last_insert_id()};
    tell_nodes({fact::kind::salon, {}, made, {}});
    return made;
  }

  void put_policy(salon_id salon, policy policy) override {
    db().run("UPDATE salons SET policy = ? WHERE salon_id = ?", {to_word(policy), salon.value});
    tell_nodes({fact::kind::salon, {}, salon, {}});
  }

  void put_topic(salon_id salon, const std::string& topic) override {
    db().run("UPDATE salons SET topic = ? WHERE salon_id = ?", {topic, salon.value});
    tell_nodes({fact::kind::salon, {}, salon, {}});
  }

  void put_name(salon_id salon, const std::string& name) override {
    const auto key = key_of(name);
    db().run("UPDATE salons SET nom_salon = ?, nom_key = ? WHERE salon_id = ?", {name, blob{key}, salon.value});
    tell_nodes({fact::kind::salon, {}, salon, {}});
  }

  void archive(salon_id salon, moment at) override {
    db().run("UPDATE salons SET archived_ms = ? WHERE salon_id = ?", {to_ms(at), salon.value});
    db().run("DELETE FROM join_requests WHERE salon_id = ?", {salon.value});
    db().run("DELETE FROM moderators WHERE salon_id = ?", {salon.value});
    tell_nodes({fact::kind::salon, {}, salon, {}});
  }

  void end_archiving(salon_id salon) override {
    db().run("UPDATE salons SET archived_ms = NULL WHERE salon_id = ?", {salon.value});
    tell_nodes({fact::kind::salon, {}, salon, {}});
  }
};

} // namespace

std::unique_ptr<salon_store> salons_over(driver& on) {
  return std::make_unique<sql_salons>(on);
}

} // namespace salond::persistence
