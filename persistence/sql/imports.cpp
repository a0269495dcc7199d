// Many accounts at once.
#include "persistence/contracts/imports.hpp"
#include "persistence/sql/features.hpp"
#include "persistence/sql/rows.hpp"
#include <algorithm>

namespace salond::persistence {
namespace {

// So that no statement takes longer than an answer is waited for.
constexpr int64_t accounts_a_statement = 5000;

/// Adds the username of a row. REQUIRES: columns username_key, look_folded, look_spelled.
void add_username(taken_names& to, const query_result& row, role of) {
  to.usernames.insert(row.text(0));
  for (const auto look : {1, 2}) {
    auto& highest = to.looks.emplace(row.text(look), of).first->second;
    highest = std::max(highest, of);
  }
}

/// Adds names. REQUIRES: columns username_key, look_folded, look_spelled, alias_key, role.
void add_names(taken_names& to, const std::unique_ptr<query_result>& found) {
  while (found->next()) {
    add_username(to, *found, role_of(found->text(4)));
    to.aliases.insert(found->text(3));
  }
}

class sql_imports final : public feature<import_store> {
public:
  using feature::feature;

  taken_names all_taken_names() const override {
    lock_names();
    taken_names result;
    add_names(result, db().ask("SELECT username_key, look_folded, look_spelled, alias_key, role FROM clients"));
    add_names(result, db().ask("SELECT username_key, look_folded, look_spelled, alias_key, 'user' FROM registrations"));
    const auto banned = db().ask("SELECT username_key, look_folded, look_spelled FROM bans WHERE until_ms IS NULL");
    while (banned->next())
      add_username(result, *banned, role::user);
    return result;
  }

  user_id newest_user() const override { return user_id{number_in(db().ask("SELECT max(client_id) FROM clients"))}; }

  std::vector<new_members> members_after(user_id after) const override {
    // The accounts first, of which the new ones are the last.
    const auto found =
        db().ask(std::string("SELECT a.salon_id, c.client_id FROM clients c") + db().words().in_this_order
                     + "salons_adheres a ON a.username = c.username "
                       "WHERE c.client_id > ? ORDER BY a.salon_id, c.client_id",
                 {after.value});
    std::vector<new_members> result;
    while (found->next()) {
      const salon_id salon{found->integer(0)};
      if (result.empty() || result.back().salon != salon)
        result.push_back({salon, {}});
      result.back().who.push_back(user_id{found->integer(1)});
    }
    return result;
  }

  void insert_accounts(const std::vector<imported_account>& all) override {
    std::vector<parameters> rows;
    rows.reserve(all.size());
    for (const auto& account : all)
      rows.push_back({account.username, blob{account.username_key}, blob{account.username_looks.folded},
                      blob{account.username_looks.spelled}, account.alias, blob{account.alias_key},
                      account.password_hash});
    insert_many(
        db(), "INSERT INTO clients(username, username_key, look_folded, look_spelled, alias, alias_key, password_hash)",
        "(?,?,?,?,?,?,?)", rows);
    tell_nodes({fact::kind::import, {}, {}, {}});
  }

  void join_automatic(user_id after) override {
    const auto last = newest_user().value;
    for (auto from = after.value; from < last; from += accounts_a_statement)
      db().run("INSERT INTO salons_adheres(username, salon_id) "
               "SELECT c.username, s.salon_id FROM clients c JOIN salons s ON s.policy = 'auto' "
               "WHERE c.client_id > ? AND c.client_id <= ? ORDER BY c.client_id, s.salon_id",
               {from, from + accounts_a_statement});
  }

  void put_members(const std::vector<std::pair<std::string, salon_id>>& usernames) override {
    std::vector<parameters> rows;
    rows.reserve(usernames.size());
    for (const auto& [username, salon] : usernames)
      rows.push_back({username, salon.value});
    insert_many(db(), "INSERT INTO salons_adheres(username, salon_id)", "(?,?)", rows);
  }
};

} // namespace

std::unique_ptr<import_store> imports_over(driver& on) {
  return std::make_unique<sql_imports>(on);
}

} // namespace salond::persistence
