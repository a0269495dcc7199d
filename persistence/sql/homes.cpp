// Homes of salons: in databases that nodes share alone.
#include "persistence/contracts/homes.hpp"
#include "persistence/sql/features.hpp"
#include "persistence/sql/rows.hpp"

namespace salond::persistence {
namespace {

class sql_homes final : public feature<home_store> {
public:
  using feature::feature;

  std::optional<stored_home> of(salon_id salon) const override {
    return home_in(db().ask("SELECT node_id, epoch FROM homes WHERE salon_id = ?", {salon.value}));
  }

  std::vector<std::pair<salon_id, int64_t>> all() const override {
    return all_in(db().ask("SELECT salon_id, node_id FROM homes"), [](const query_result& row) {
      return std::pair{salon_id{row.integer(0)}, row.integer(1)};
    });
  }

  // The messages know better than the column, which is written only when messages go.
  int64_t last_seq(salon_id salon) const override {
    const auto& words = db().words();
    return number_in(db().ask(std::string("SELECT ") + words.greater_of + "(last_seq, coalesce("
                                  + newest_seq(words, "s.salon_id") + ", 0)) FROM salons s WHERE salon_id = ?",
                              {salon.value}));
  }

  std::vector<posted_message> posted(salon_id salon, int64_t after, int64_t up_to, size_t most) const override {
    const auto& words = db().words();
    return all_in(db().ask(std::string("SELECT m.seq, m.post, m.client_id, c.username, m.contenu, m.created_ms "
                                       "FROM messages m")
                               + words.by_seq + words.in_this_order
                               + "clients c ON c.client_id = m.client_id AND c.gone_ms IS NULL "
                                 "WHERE m.salon_id = ? AND m.seq > ? AND m.seq <= ? ORDER BY m.seq LIMIT ?",
                           {salon.value, after, up_to, static_cast<int64_t>(most)}),
                  [](const query_result& row) -> posted_message {
                    return {row.integer(0), row.integer(1), user_id{row.integer(2)},
                            row.text(3),    row.text(4),    from_ms(row.integer(5))};
                  });
  }

  void ask_to_drain(int64_t run, int64_t seconds) override {
    tell_nodes({fact::kind::drain, {}, {}, std::to_string(run) + " " + std::to_string(seconds)});
  }

  std::vector<std::string> connected_members(salon_id salon, const std::string& after_key, size_t most) const override {
    return all_in(db().ask("SELECT c.username FROM salons_adheres a JOIN clients c ON c.username = a.username "
                           "WHERE a.salon_id = ? AND c.username_key > ? "
                           "AND EXISTS (SELECT 1 FROM presences p WHERE p.client_id = c.client_id) "
                           "ORDER BY c.username_key LIMIT ?",
                           {salon.value, blob{after_key}, static_cast<int64_t>(most)}),
                  [](const query_result& row) { return row.text(0); });
  }

  std::optional<stored_home> lock(salon_id salon) override {
    return home_in(db().ask("SELECT node_id, epoch FROM homes WHERE salon_id = ? FOR UPDATE", {salon.value}));
  }

  // No upsert: where another node was quicker, its row has to stay.
  void add(salon_id salon, const stored_home& first) override {
    db().run("INSERT INTO homes(salon_id, node_id, epoch) VALUES (?, ?, ?)", {salon.value, first.run, first.epoch});
  }

  void change(salon_id salon, const stored_home& next) override {
    db().run("UPDATE homes SET node_id = ?, epoch = ? WHERE salon_id = ?", {next.run, next.epoch, salon.value});
  }

private:
  /// Whether its holder is gone is read behind the row: after its lock, where that was taken.
  std::optional<stored_home> home_in(std::unique_ptr<query_result> found) const {
    if (!found->next())
      return std::nullopt;
    stored_home home{found->integer(0), found->integer(1), false};
    found.reset();
    home.gone = !db().ask("SELECT 1 FROM nodes WHERE node_id = ? AND gone = 0", {home.run})->next();
    return home;
  }
};

} // namespace

std::unique_ptr<home_store> homes_over(driver& on) {
  return std::make_unique<sql_homes>(on);
}

} // namespace salond::persistence
