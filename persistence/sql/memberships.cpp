// Who belongs to which salon.
#include "persistence/contracts/memberships.hpp"
#include "persistence/sql/features.hpp"
#include "persistence/sql/rows.hpp"

namespace salond::persistence {
namespace {

class sql_memberships final : public feature<membership_store> {
public:
  using feature::feature;

  std::vector<user_id> members(salon_id salon) const override {
    return all_in(db().ask("SELECT c.client_id FROM salons_adheres a JOIN clients c ON c.username = a.username "
                           "WHERE a.salon_id = ? ORDER BY c.client_id",
                           {salon.value}),
                  [](const query_result& row) { return user_id{row.integer(0)}; });
  }

  // By two indexes in the same order: where there are many, to look up each name by itself takes ten times as long.
  std::unordered_map<salon_id, std::vector<user_id>> members_of_all() const override {
    std::unordered_map<salon_id, std::vector<user_id>> result;
    const auto found = db().ask(std::string("SELECT c.client_id, a.salon_id FROM clients c")
                                + db().words().in_this_order + "salons_adheres a ON a.username = c.username");
    while (found->next())
      result[salon_id{found->integer(1)}].push_back(user_id{found->integer(0)});
    return result;
  }

  std::vector<member_count> counts(std::optional<salon_id> only) const override {
    auto found = only ? db().ask("SELECT salon_id, count(*) FROM salons_adheres WHERE salon_id = ? GROUP BY salon_id",
                                 {only->value})
                      : db().ask("SELECT salon_id, count(*) FROM salons_adheres GROUP BY salon_id ORDER BY salon_id");
    return all_in(std::move(found), [](const query_result& row) -> member_count {
      return {salon_id{row.integer(0)}, static_cast<size_t>(row.integer(1))};
    });
  }

  std::vector<salon_id> salons_of(const std::string& username) const override {
    return salons_in(db().ask("SELECT a.salon_id FROM salons_adheres a JOIN salons s ON s.salon_id = a.salon_id "
                              "WHERE a.username = ? AND s.archived_ms IS NULL ORDER BY a.salon_id",
                              {username}));
  }

  bool has(salon_id salon, const std::string& username) const override {
    return db()
        .ask("SELECT 1 FROM salons_adheres WHERE username = ? AND salon_id = ?", {username, salon.value})
        ->next();
  }

  std::vector<salon_id> joined_without_moderator(user_id who) const override {
    return salons_in(db().ask("SELECT a.salon_id FROM salons_adheres a JOIN clients c ON c.username = a.username "
                              "WHERE c.client_id = ? AND a.by_moderator = 0 ORDER BY a.salon_id",
                              {who.value}));
  }

  void put(salon_id salon, const std::string& username) override {
    put_of_new(salon, username);
    tell_nodes({fact::kind::membership, {}, salon, username});
  }

  void put_of_new(salon_id salon, const std::string& username) override {
    db().run("INSERT INTO salons_adheres(username, salon_id) VALUES (?, ?)", {username, salon.value});
  }

  void mark_made_by_moderator(salon_id salon, user_id who) override {
    db().run("UPDATE salons_adheres SET by_moderator = 1 WHERE salon_id = ? "
             "AND username = (SELECT username FROM clients WHERE client_id = ?)",
             {salon.value, who.value});
  }

  bool end(salon_id salon, const std::string& username, bool told) override {
    if (db().run("DELETE FROM salons_adheres WHERE username = ? AND salon_id = ?", {username, salon.value}) == 0)
      return false;
    tell_nodes({told ? fact::kind::membership : fact::kind::rejection, {}, salon, username});
    return true;
  }
};

} // namespace

std::unique_ptr<membership_store> memberships_over(driver& on) {
  return std::make_unique<sql_memberships>(on);
}

} // namespace salond::persistence
