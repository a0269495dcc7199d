// Join requests, and decisions about them that their users have not been told.
#include "persistence/contracts/join_requests.hpp"
#include "persistence/sql/features.hpp"
#include "persistence/sql/rows.hpp"

namespace salond::persistence {
namespace {

class sql_join_requests final : public feature<join_request_store> {
public:
  using feature::feature;

  std::vector<join_request> all() const override {
    return all_in(db().ask("SELECT r.client_id, c.username, r.salon_id, r.created_ms "
                           "FROM join_requests r JOIN clients c ON c.client_id = r.client_id "
                           "ORDER BY r.created_ms, r.salon_id, r.client_id"),
                  [](const query_result& row) -> join_request {
                    return {user_id{row.integer(0)}, row.text(1), salon_id{row.integer(2)}, from_ms(row.integer(3))};
                  });
  }

  bool has(salon_id salon, user_id who) const override {
    return db()
        .ask("SELECT 1 FROM join_requests WHERE salon_id = ? AND client_id = ?", {salon.value, who.value})
        ->next();
  }

  std::vector<decided_request> decided_for(user_id who) const override {
    return all_in(db().ask("SELECT n.salon_id, s.nom_salon, n.accepted, n.created_ms FROM notices n "
                           "JOIN salons s ON s.salon_id = n.salon_id "
                           "WHERE n.client_id = ? AND s.archived_ms IS NULL "
                           "ORDER BY n.created_ms, n.salon_id",
                           {who.value}),
                  [](const query_result& row) -> decided_request {
                    return {salon_id{row.integer(0)}, row.text(1), row.integer(2) != 0, from_ms(row.integer(3))};
                  });
  }

  void insert(salon_id salon, user_id who, moment now) override {
    db().run("INSERT INTO join_requests(client_id, salon_id, created_ms) VALUES (?, ?, ?)",
             {who.value, salon.value, to_ms(now)});
  }

  bool end(salon_id salon, user_id who) override {
    return db().run("DELETE FROM join_requests WHERE salon_id = ? AND client_id = ?", {salon.value, who.value}) > 0;
  }

  void remember_decision(user_id who, const decided_request& request) override {
    db().run("REPLACE INTO notices(client_id, salon_id, accepted, created_ms) VALUES (?, ?, ?, ?)",
             {who.value, request.salon.value, request.accepted ? 1 : 0, to_ms(request.at)});
  }

  void forget_decision(salon_id salon, user_id who, bool accepted) override {
    db().run("DELETE FROM notices WHERE client_id = ? AND salon_id = ? AND accepted = ?",
             {who.value, salon.value, accepted ? 1 : 0});
  }

  void mark_told(user_id who, const std::vector<decided_request>& which) override {
    for (const auto& told : which)
      db().run("DELETE FROM notices WHERE client_id = ? AND salon_id = ? AND created_ms = ?",
               {who.value, told.salon.value, to_ms(told.at)});
  }

  void tell_refused(salon_id salon, user_id who) override { tell_nodes({fact::kind::request, who, salon, {}}); }
};

} // namespace

std::unique_ptr<join_request_store> join_requests_over(driver& on) {
  return std::make_unique<sql_join_requests>(on);
}

} // namespace salond::persistence
