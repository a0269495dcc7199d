// Invitations: a row for each that was not used up or revoked.
#include "persistence/contracts/invitations.hpp"
#include "persistence/sql/features.hpp"
#include "persistence/sql/rows.hpp"

namespace salond::persistence {
namespace {

class sql_invitations final : public feature<invitation_store> {
public:
  using feature::feature;

  std::vector<invitation> all(moment now) const override {
    auto result =
        all_in(db().ask("SELECT invitation_id, by_whom, created_ms, expires_ms, uses, used FROM invitations "
                        "WHERE expires_ms > ? ORDER BY invitation_id",
                        {to_ms(now)}),
               [](const query_result& row) -> invitation {
                 return {row.integer(0), row.text(1), from_ms(row.integer(2)), from_ms(row.integer(3)), row.integer(4),
                         row.integer(5), {}};
               });
    for (auto& invitation : result)
      invitation.salons =
          all_in(db().ask("SELECT s.nom_salon FROM invitation_salons i JOIN salons s ON s.salon_id = i.salon_id "
                          "WHERE i.invitation_id = ? AND s.archived_ms IS NULL ORDER BY s.salon_id",
                          {invitation.id}),
                 [](const query_result& row) { return row.text(0); });
    return result;
  }

  size_t count(moment now) const override {
    return static_cast<size_t>(
        number_in(db().ask("SELECT count(*) FROM invitations WHERE expires_ms > ?", {to_ms(now)})));
  }

  std::optional<int64_t> usable(const std::string& code_hash, moment now) const override {
    lock_names(); // who uses it takes one
    const auto found = db().ask("SELECT invitation_id FROM invitations WHERE code_hash = ? AND expires_ms > ?",
                                {blob{code_hash}, to_ms(now)});
    return found->next() ? std::optional(found->integer(0)) : std::nullopt;
  }

  std::vector<salon_id> salons_of(int64_t id) const override {
    return salons_in(db().ask("SELECT s.salon_id FROM invitation_salons i JOIN salons s ON s.salon_id = i.salon_id "
                              "WHERE i.invitation_id = ? AND s.archived_ms IS NULL ORDER BY s.salon_id",
                              {id}));
  }

  int64_t insert(const new_invitation& invitation, const decision& why) override {
    db().run(
        "INSERT INTO invitations(code_hash, uses, used, created_ms, expires_ms, by_whom) VALUES (?, ?, 0, ?, ?, ?)",
        {blob{invitation.code_hash}, invitation.uses, to_ms(why.at), to_ms(invitation.expires), why.by});
    const auto id = db().last_insert_id();
    for (const auto salon : invitation.salons)
      db().run("INSERT INTO invitation_salons(invitation_id, salon_id) VALUES (?, ?)", {id, salon.value});
    return id;
  }

  void use(int64_t id) override {
    db().run("UPDATE invitations SET used = used + 1 WHERE invitation_id = ?", {id});
    db().run("DELETE FROM invitations WHERE invitation_id = ? AND used >= uses", {id});
  }

  bool end(int64_t id) override { return db().run("DELETE FROM invitations WHERE invitation_id = ?", {id}) > 0; }

  void forget(moment now) override { db().run("DELETE FROM invitations WHERE expires_ms <= ?", {to_ms(now)}); }
};

} // namespace

std::unique_ptr<invitation_store> invitations_over(driver& on) {
  return std::make_unique<sql_invitations>(on);
}

} // namespace salond::persistence
