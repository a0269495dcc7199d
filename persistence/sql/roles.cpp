// What users may do.
#include "persistence/contracts/roles.hpp"
#include "persistence/sql/features.hpp"
#include "persistence/sql/rows.hpp"

namespace salond::persistence {
namespace {

class sql_roles final : public feature<role_store> {
public:
  using feature::feature;

  administrator_state administrators() const override {
    if (auto* nodes = db().among_nodes())
      nodes->lock_administrators();
    const auto found =
        db().ask("SELECT password_hash FROM clients WHERE role = 'administrator' AND disabled_ms IS NULL");
    auto state = administrator_state::none;
    while (found->next()) {
      if (can_match(found->text(0)))
        return administrator_state::can_log_in;
      state = administrator_state::locked;
    }
    return state;
  }

  bool is_last_administrator(const user& target, moment now) const override {
    if (target.role != role::administrator)
      return false;
    if (auto* nodes = db().among_nodes())
      nodes->lock_administrators();
    const auto others =
        db().ask("SELECT password_hash FROM clients WHERE role = 'administrator' AND client_id <> ? AND disabled_ms IS"
                 " NULL AND NOT EXISTS (SELECT 1 FROM bans WHERE bans.username_key = clients.username_key"
                 " AND (bans.until_ms IS NULL OR bans.until_ms > ?))",
                 {target.id.value, to_ms(now)});
    while (others->next())
      if (can_match(others->text(0)))
        return false;
    return true;
  }

  std::vector<salon_id> moderates(const std::string& username_key) const override {
    return salons_in(db().ask("SELECT m.salon_id FROM moderators m JOIN clients c ON c.client_id = m.client_id "
                              "WHERE c.username_key = ? ORDER BY m.salon_id",
                              {blob{username_key}}));
  }

  void put(const user& target, role now, const std::vector<salon_id>& moderated) override {
    db().run("UPDATE clients SET role = ? WHERE client_id = ?", {to_word(now), target.id.value});
    db().run("DELETE FROM moderators WHERE client_id = ?", {target.id.value});
    for (const auto salon : moderated)
      db().run("INSERT INTO moderators(client_id, salon_id) VALUES (?, ?)", {target.id.value, salon.value});
    tell_nodes({fact::kind::account, target.id, {}, {}});
  }

  void make_administrator(user_id who, const std::string& password_hash) override {
    db().run("UPDATE clients SET role = 'administrator', password_hash = ?, disabled_ms = NULL WHERE client_id = ?",
             {password_hash, who.value});
    tell_nodes({fact::kind::account, who, {}, {}});
  }
};

} // namespace

std::unique_ptr<role_store> roles_over(driver& on) {
  return std::make_unique<sql_roles>(on);
}

} // namespace salond::persistence
