// Accounts.
#include "persistence/contracts/accounts.hpp"
#include "persistence/sql/features.hpp"
#include "persistence/sql/rows.hpp"
#include "persistence/sql/stale_parts.hpp"
#include "protocol/words/lookalikes.hpp"
#include "protocol/words/names.hpp"

namespace salond::persistence {
namespace {

outcome<user> only_user_in(std::unique_ptr<query_result> found) {
  if (!found->next())
    return fault::unknown_user;
  return user_in(*found);
}

#define SALOND_PROFILE_COLUMNS SALOND_USER_COLUMNS ", c.status, c.last_seen_ms, c.disabled_ms"

user_profile profile_in(const query_result& row) {
  user_profile result;
  result.who = user_in(row);
  result.who.password_hash.clear();
  result.connected = row.text(5) == "connected";
  if (!row.is_null(6))
    result.last_seen = from_ms(row.integer(6));
  result.disabled = !row.is_null(7);
  return result;
}

std::vector<std::string> names_in(std::unique_ptr<query_result> found) {
  return all_in(std::move(found), [](const query_result& row) { return row.text(0); });
}

/// With the folded and the spelled looks for each column of the three tables. A SELECT for each pair: SQLite makes a
/// table of each IN, which costs ten times as much.
std::string who_looks_like() {
  struct {
    const char *who, *table, *only;
  } constexpr places[] = {{"client_id, role", "clients", ""},
                          {"0, 'user'", "registrations", ""},
                          // The + keeps both databases from the index of until_ms, by which they would read all bans.
                          {"0, 'user'", "bans", " AND +until_ms IS NULL"}};
  std::string result;
  for (const auto& place : places)
    for (const auto* column : {"look_folded", "look_spelled"})
      for (int looks = 0; looks < 2; ++looks)
        result += std::string(result.empty() ? "" : " UNION ALL ") + "SELECT " + place.who + " FROM " + place.table
                  + " WHERE " + column + " = ?" + place.only;
  return result;
}

class sql_accounts final : public feature<account_store> {
public:
  sql_accounts(driver& on, known_mailboxes& known) : feature(on), known_(known) {}

  outcome<user> find(const std::string& username_key) const override {
    return only_user_in(
        db().ask("SELECT " SALOND_USER_COLUMNS " FROM clients c WHERE c.username_key = ?", {blob{username_key}}));
  }

  outcome<user> numbered(user_id who) const override {
    return only_user_in(db().ask(
        "SELECT " SALOND_USER_COLUMNS " FROM clients c WHERE c.client_id = ? AND c.gone_ms IS NULL", {who.value}));
  }

  bool exists(user_id who) const override { return db().has_account(who); }

  bool is_alias_taken(const std::string& alias_key) const override {
    return db()
        .ask("SELECT 1 FROM clients WHERE alias_key = ? UNION ALL SELECT 1 FROM registrations WHERE alias_key = ? "
             "LIMIT 1",
             {blob{alias_key}, blob{alias_key}})
        ->next();
  }

  std::vector<similar_user> like(const skeletons& looks) const override {
    static const auto question = who_looks_like();
    const blob folded{looks.folded}, spelled{looks.spelled};
    return all_in(db().ask(question, {folded, spelled, folded, spelled, folded, spelled, folded, spelled, folded,
                                      spelled, folded, spelled}),
                  [](const query_result& row) -> similar_user {
                    return {user_id{row.integer(0)}, role_of(row.text(1))};
                  });
  }

  std::vector<user_profile> profiles(const std::string& key_part, const std::optional<std::string>& after_key,
                                     size_t most) const override {
    // The replaced server had users with an empty name, behind no key. Keys are UTF-8, of which a part is found byte by
    // byte.
    return all_in(db().ask("SELECT " SALOND_PROFILE_COLUMNS " FROM clients c WHERE c.username_key "
                               + std::string(after_key ? ">" : ">=")
                               + " ? AND c.gone_ms IS NULL "
                                 "AND instr(c.username_key, ?) > 0 ORDER BY c.username_key LIMIT ?",
                           {blob{after_key.value_or("")}, blob{key_part}, limit_of(most)}),
                  profile_in);
  }

  outcome<user_profile> profile(const std::string& username_key) const override {
    auto found = all_in(
        db().ask("SELECT " SALOND_PROFILE_COLUMNS " FROM clients c WHERE c.username_key = ?", {blob{username_key}}),
        profile_in);
    if (found.empty())
      return fault::unknown_user;
    auto result = std::move(found.front());
    result.salons =
        names_in(db().ask("SELECT s.nom_salon FROM salons_adheres a JOIN salons s ON s.salon_id = a.salon_id "
                          "WHERE a.username = ? AND s.archived_ms IS NULL ORDER BY s.salon_id",
                          {result.who.username}));
    result.moderates =
        names_in(db().ask("SELECT s.nom_salon FROM moderators m JOIN salons s ON s.salon_id = m.salon_id "
                          "WHERE m.client_id = ? ORDER BY s.salon_id",
                          {result.who.id.value}));
    return result;
  }

  void hold_names() override { lock_names(); }

  user insert(const new_user& who) override {
    const auto key = key_of(who.username), alias_key = key_of(who.alias);
    const auto looks = skeletons_of(who.username);
    db().run(
        "INSERT INTO clients(username, username_key, look_folded, look_spelled, alias, alias_key, password_hash, role) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        {who.username, blob{key}, blob{looks.folded}, blob{looks.spelled}, who.alias, blob{alias_key},
         who.password_hash, to_word(who.role)});
    const user_id id{db().last_insert_id()};
    // Of archived ones as well, which may come back.
    db().run("INSERT INTO salons_adheres(username, salon_id) SELECT ?, salon_id FROM salons WHERE policy = 'auto' "
             "ORDER BY salon_id",
             {who.username});
    return {id, who.username, who.alias, who.password_hash, who.role};
  }

  bool replace_hash(user_id who, const std::string& expected, const std::string& hash) override {
    return db().run("UPDATE clients SET password_hash = ? WHERE client_id = ? AND password_hash = ?",
                    {hash, who.value, expected})
           > 0;
  }

  void put_password(user_id who, const std::string& hash) override {
    db().run("UPDATE clients SET password_hash = ? WHERE client_id = ?", {hash, who.value});
  }

  // Memberships follow by their foreign key.
  void put_name(user_id who, const std::string& new_username) override {
    const auto key = key_of(new_username);
    const auto looks = skeletons_of(new_username);
    db().run("UPDATE clients SET username = ?, username_key = ?, look_folded = ?, look_spelled = ? WHERE client_id = ?",
             {new_username, blob{key}, blob{looks.folded}, blob{looks.spelled}, who.value});
    known_.forget_owners();
    tell_nodes({fact::kind::account, who, {}, new_username});
  }

  void put_disabled(user_id who, std::optional<moment> since) override {
    db().run("UPDATE clients SET disabled_ms = ? WHERE client_id = ?",
             {since ? parameter(to_ms(*since)) : parameter(nullptr), who.value});
    tell_nodes({fact::kind::account, who, {}, {}});
  }

  void remove(user_id who) override {
    if (auto* others = db().among_nodes())
      others->lock_account(who); // what others have in flight of this author is committed then
    // Before messages go: their order numbers are never used again. Of every salon: an index knows the highest of each.
    const auto newest = newest_seq(db().words(), "salons.salon_id");
    db().run("UPDATE salons SET last_seq = " + newest + " WHERE last_seq < " + newest);
    mark_stale_of(db(), who);
    db().delete_account(who);
    known_.forget_owners();
    tell_nodes({fact::kind::account, who, {}, {}});
  }

  /// As an operator he stands beside what he decided: by his username, or by his certificate's, which has small
  /// letters.
  void forget_beside(const user& who) override {
    for (const std::string table : {"bans", "address_bans", "invitations"})
      db().run("UPDATE " + table + " SET by_whom = '' WHERE by_whom = ? OR by_whom = ?",
               {who.username, key_of(who.username)});
    db().forget_beside(who);
  }

private:
  known_mailboxes& known_;
};

} // namespace

std::unique_ptr<account_store> accounts_over(driver& on, known_mailboxes& known) {
  return std::make_unique<sql_accounts>(on, known);
}

} // namespace salond::persistence
