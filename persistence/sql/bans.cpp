// Kicks and bans, of names and of addresses.
#include "persistence/contracts/bans.hpp"
#include "persistence/sql/features.hpp"
#include "persistence/sql/rows.hpp"
#include "protocol/words/lookalikes.hpp"
#include "protocol/words/names.hpp"

namespace salond::persistence {
namespace {

#define SALOND_BAN_COLUMNS "username_key, username, until_ms, created_ms, by_whom, reason"

salond::ban ban_in(const query_result& row) {
  const auto until = row.is_null(2) ? std::nullopt : std::optional(from_ms(row.integer(2)));
  return {row.text(0), row.text(1), until, from_ms(row.integer(3)), row.text(4), row.text(5)};
}

class sql_bans final : public feature<ban_store> {
public:
  using feature::feature;

  std::vector<salond::ban> all(moment now) const override {
    return all_in(db().ask("SELECT " SALOND_BAN_COLUMNS " FROM bans "
                           "WHERE until_ms IS NULL OR until_ms > ? ORDER BY username_key",
                           {to_ms(now)}),
                  ban_in);
  }

  bool is_for_good(const std::string& username_key) const override {
    lock_names();
    return db().ask("SELECT 1 FROM bans WHERE username_key = ? AND until_ms IS NULL", {blob{username_key}})->next();
  }

  std::optional<salond::ban> of(const std::string& username_key, moment now) const override {
    const auto found = db().ask("SELECT " SALOND_BAN_COLUMNS " FROM bans "
                                "WHERE username_key = ? AND (until_ms IS NULL OR until_ms > ?)",
                                {blob{username_key}, to_ms(now)});
    return found->next() ? std::optional(ban_in(*found)) : std::nullopt;
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

  std::vector<address_ban> addresses(moment now) const override {
    std::vector<address_ban> result;
    const auto found = db().ask("SELECT network, until_ms, created_ms, by_whom, reason FROM address_bans "
                                "WHERE until_ms IS NULL OR until_ms > ? ORDER BY network",
                                {to_ms(now)});
    while (found->next())
      if (const auto where = address_range::parse(found->text(0))) // what a hand wrote there may be none
        result.push_back({*where, found->is_null(1) ? std::nullopt : std::optional(from_ms(found->integer(1))),
                          from_ms(found->integer(2)), found->text(3), found->text(4)});
    return result;
  }

  size_t count_addresses(moment now) const override {
    lock_names();
    return static_cast<size_t>(
        number_in(db().ask("SELECT count(*) FROM address_bans WHERE until_ms IS NULL OR until_ms > ?", {to_ms(now)})));
  }

  bool is_out(const address_range& where, moment now) const override {
    return db()
        .ask("SELECT 1 FROM address_bans WHERE network = ? AND (until_ms IS NULL OR until_ms > ?)",
             {where.to_string(), to_ms(now)})
        ->next();
  }

  void put(const address_range& where, std::optional<moment> until, const decision& why) override {
    const auto network = where.to_string();
    db().run("DELETE FROM address_bans WHERE network = ?", {network});
    db().run("INSERT INTO address_bans(network, until_ms, created_ms, reason, by_whom) VALUES (?, ?, ?, ?, ?)",
             {network, until ? parameter(to_ms(*until)) : parameter(nullptr), to_ms(why.at), why.reason, why.by});
    tell_nodes({fact::kind::address, {}, {}, network});
  }

  void end(const address_range& where) override {
    const auto network = where.to_string();
    if (db().run("DELETE FROM address_bans WHERE network = ?", {network}) > 0)
      tell_nodes({fact::kind::address, {}, {}, network});
  }

  void forget_addresses(moment now) override { db().run("DELETE FROM address_bans WHERE until_ms <= ?", {to_ms(now)}); }
};

} // namespace

std::unique_ptr<ban_store> bans_over(driver& on) {
  return std::make_unique<sql_bans>(on);
}

} // namespace salond::persistence
