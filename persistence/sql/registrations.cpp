// Accounts that wait for an administrator.
#include "persistence/contracts/registrations.hpp"
#include "persistence/sql/features.hpp"
#include "persistence/sql/rows.hpp"
#include "protocol/words/lookalikes.hpp"
#include "protocol/words/names.hpp"

namespace salond::persistence {
namespace {

class sql_registrations final : public feature<registration_store> {
public:
  using feature::feature;

  std::optional<new_user> waiting(const std::string& username_key) const override {
    lock_names();
    const auto found = db().ask("SELECT username, alias, password_hash, address FROM registrations "
                                "WHERE username_key = ?",
                                {blob{username_key}});
    if (!found->next())
      return std::nullopt;
    return new_user{found->text(0), found->text(1), found->text(2), role::user, found->text(3)};
  }

  std::vector<registration> all() const override {
    return all_in(
        db().ask("SELECT username, alias, created_ms, address FROM registrations ORDER BY created_ms, username_key"),
        [](const query_result& row) -> registration {
          return {row.text(0), row.text(1), from_ms(row.integer(2)), row.text(3)};
        });
  }

  size_t count() const override {
    return static_cast<size_t>(number_in(db().ask("SELECT count(*) FROM registrations")));
  }

  size_t count_of(const std::string& network) const override {
    return static_cast<size_t>(number_in(db().ask("SELECT count(*) FROM registrations WHERE address = ?", {network})));
  }

  void insert(const new_user& who, moment at) override {
    const auto key = key_of(who.username), alias_key = key_of(who.alias);
    const auto looks = skeletons_of(who.username);
    db().run("INSERT INTO registrations(username_key, username, look_folded, look_spelled, alias_key, alias,"
             " password_hash, created_ms, address) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
             {blob{key}, who.username, blob{looks.folded}, blob{looks.spelled}, blob{alias_key}, who.alias,
              who.password_hash, to_ms(at), who.network});
  }

  void end(const std::string& username_key) override {
    db().run("DELETE FROM registrations WHERE username_key = ?", {blob{username_key}});
  }
};

} // namespace

std::unique_ptr<registration_store> registrations_over(driver& on) {
  return std::make_unique<sql_registrations>(on);
}

} // namespace salond::persistence
