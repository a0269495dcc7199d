#include "persistence/mysql/takeover.hpp"
#include "protocol/words/names.hpp"
#include <map>

namespace salond::persistence::mysql {
namespace {

/// Until now such a name was the role: it belongs to nobody else.
bool is_name_of_role(const std::string& key) {
  return key == "admin" || key == "server";
}
bool may_have(const old_rows& rows, const old_client& client) {
  return rows.administrators.count(client.id) != 0 || !is_name_of_role(key_of(client.username));
}

// Gives every name but the first of its key another: `name-<id>`, and again `-<id>` until it is free.
class renamer {
public:
  renamer(std::string table, std::string field, std::vector<repair>& into)
      : table_(std::move(table)), field_(std::move(field)), into_(into) {}

  // All names first, so that none is given that a later row has by right.
  void has(int64_t id, const std::string& name) {
    auto key = key_of(name);
    if (owners_.emplace(key, id).second)
      return;
    later_.push_back({id, name});
  }
  // Whoever has it now does not keep it.
  void has_no_more(int64_t id, const std::string& name) { later_.push_back({id, name}); }

  void give_names() {
    for (const auto& [id, name] : later_) {
      auto candidate = name;
      do
        candidate += "-" + std::to_string(id);
      while (!owners_.emplace(key_of(candidate), id).second);
      into_.push_back({table_, field_, id, name, candidate});
    }
  }

private:
  std::string table_, field_;
  std::vector<repair>& into_;
  std::map<std::string, int64_t> owners_;
  std::vector<std::pair<int64_t, std::string>> later_;
};

class membership_planner {
public:
  // `usernames`: as they are once they are repaired.
  membership_planner(const old_rows& rows, const std::map<int64_t, std::string>& usernames, repairs& into)
      : usernames_(usernames), into_(into) {
    for (const auto& client : rows.clients)
      if (rows.administrators.count(client.id) != 0)
        by_key_.emplace(key_of(client.username), &client);
    for (const auto& client : rows.clients) {
      by_id_.emplace(client.id, &client);
      if (!may_have(rows, client))
        renamed_.insert(client.id);
      by_key_.emplace(key_of(client.username), &client); // the lowest id, the only one that ever could log in
    }
    for (const auto& salon : rows.salons)
      salons_.insert(salon.id);
  }

  // Behind the memberships that stay. Later ones of several salons of one name have another name by then.
  void admit_to(int64_t salon) {
    for (const auto& [client, username] : usernames_)
      if (!seen_.count({client, salon}))
        into_.admitted.push_back({client, salon, username});
  }

  void take(const old_membership& row) {
    const auto* client = row.username ? meant_by(row) : nullptr;
    if (!client)
      return remove(row, row.username ? "there is no user " + *row.username : "it names no user");
    if (!row.salon || !salons_.count(*row.salon))
      return remove(row, row.salon ? "there is no salon " + std::to_string(*row.salon) : "it names no salon");
    if (!seen_.emplace(client->id, *row.salon).second)
      return remove(row, client->username + " is a member of salon " + std::to_string(*row.salon) + " already");
    if (const auto& now = usernames_.at(client->id); *row.username != now)
      into_.respelled.push_back({"salons_adheres", "username", row.id, *row.username, now});
  }

private:
  const old_client* meant_by(const old_membership& row) const {
    const auto found = by_id_.find(row.same_by_collation);
    if (renamed_.count(row.same_by_collation)
        != 0) // whose name is an administrator's to us, and was not to the old server
      return found->second;
    if (const auto same = by_key_.find(key_of(*row.username)); same != by_key_.end())
      return same->second;
    if (found == by_id_.end())
      return nullptr;
    return by_key_.at(key_of(found->second->username));
  }

  void remove(const old_membership& row, const std::string& why) { into_.removed.push_back({row.id, why}); }

  const std::map<int64_t, std::string>& usernames_;
  repairs& into_;
  std::set<int64_t> renamed_; ///< who has an administrator's name, and may not
  std::map<int64_t, const old_client*> by_id_;
  std::map<std::string, const old_client*> by_key_;
  std::set<int64_t> salons_;
  std::set<std::pair<int64_t, int64_t>> seen_;
};

// The names by id, as they are once they are repaired.
template <class Row>
std::map<int64_t, std::string> names_after(const std::vector<Row>& rows, std::string Row::*name,
                                           const std::vector<repair>& renamed, const char* table, const char* field) {
  std::map<int64_t, std::string> result;
  for (const auto& row : rows)
    result.emplace(row.id, row.*name);
  for (const auto& change : renamed)
    if (change.table == table && change.field == field)
      result[change.row] = change.after;
  return result;
}

} // namespace

policy old_policy(const std::string& salon_name) {
  static const auto general = key_of("Général"), blabla = key_of("Blabla");
  const auto key = key_of(salon_name);
  return key == general ? policy::automatic : key == blabla ? policy::open : policy::approval;
}

repairs plan(const old_rows& rows) {
  repairs result;
  renamer usernames("clients", "username", result.renamed), aliases("clients", "alias", result.renamed),
      salons("salons", "nom_salon", result.renamed);
  for (const auto& client : rows.clients) {
    may_have(rows, client) ? usernames.has(client.id, client.username)
                           : usernames.has_no_more(client.id, client.username);
    aliases.has(client.id, client.alias);
  }
  for (const auto& salon : rows.salons)
    salons.has(salon.id, salon.name);
  usernames.give_names();
  aliases.give_names();
  salons.give_names();
  const auto everybody = names_after(rows.clients, &old_client::username, result.renamed, "clients", "username");
  membership_planner memberships(rows, everybody, result);
  for (const auto& row : rows.memberships)
    memberships.take(row);
  for (const auto& [salon, name] : names_after(rows.salons, &old_salon::name, result.renamed, "salons", "nom_salon"))
    if (old_policy(name) == policy::automatic)
      memberships.admit_to(salon);
  return result;
}

} // namespace salond::persistence::mysql
