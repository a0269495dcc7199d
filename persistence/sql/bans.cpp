// Kicks and bans.
#include "persistence/contracts/bans.hpp"
#include "persistence/sql/features.hpp"
#include "persistence/sql/rows.hpp"
#include "protocol/words/lookalikes.hpp"
#include "protocol/words/names.hpp"

namespace salond::persistence {
namespace {

class sql_bans final : public feature<ban_store> {
public:
  using feature::feature;

  std::vector<salond::ban> all(moment now) const override {
    return all_in(db().ask("SELECT username_key, username, until_ms, created_ms, by_whom, reason FROM bans "
                           "WHERE until_ms IS NULL OR until_ms > ? ORDER BY username_key",
                           {to_ms(now)}),
                  [](const query_result& row) -> salond::ban {
                    const auto until = row.is_null(2) ? std::nullopt : std::optional(from_ms(row.integer(2)));
                    return {row.text(0), row.text(1), until, from_ms(row.integer(3)), row.text(4), row.text(5)};
                  });
  }

  bool is_for_good(const std::string& username_key) const override {
    lock_names();
    return db().ask("SELECT 1 FROM bans WHERE username_key = ? AND until_ms IS NULL", {blob{username_key}})->next();
  }

  std::optional<std::string> out_as(const std::string& username_key, moment now) const override {
    const auto found =
        db().ask("SELECT username FROM bans WHERE username_key = ? AND (until_ms IS NULL OR until_ms > ?)",
                 {blob{username_key}, to_ms(now)});
    return found->next() ? std::optional(found->text(0)) : std::nullopt;
  }

  void put(const user& target, std::optional<moment> until, const decision& why) override {
    const auto key = key_of(target.username);
    const auto looks = skeletons_of(target.username);
    end(key);
    db().run(
        "INSERT INTO bans(username_key, username, look_folded, look_spelled, until_ms, created_ms, by_whom, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        {blob{key}, target.username, blob{looks.folded}, blob{looks.spelled},
         until ? parameter(to_ms(*until)) : parameter(nullptr), to_ms(why.at), why.by, why.reason});
    tell_nodes({fact::kind::out, target.id, {}, target.username});
  }

  void put_name(const std::string& username_key, const std::string& new_username) override {
    const auto key = key_of(new_username);
    db().run("UPDATE bans SET username_key = ?, username = ? WHERE username_key = ?",
             {blob{key}, new_username, blob{username_key}});
  }

  void end(const std::string& username_key) override {
    if (db().run("DELETE FROM bans WHERE username_key = ?", {blob{username_key}}) > 0)
      tell_nodes({fact::kind::out, {}, {}, username_key});
  }

  void forget_kicks(moment now) override { db().run("DELETE FROM bans WHERE until_ms <= ?", {to_ms(now)}); }
};

} // namespace

std::unique_ptr<ban_store> bans_over(driver& on) {
  return std::make_unique<sql_bans>(on);
}

} // namespace salond::persistence
