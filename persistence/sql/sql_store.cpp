#include "persistence/sql/sql_store.hpp"
#include "persistence/sql/rows.hpp"
#include "protocol/words/names.hpp"

namespace salond::persistence {

sql_store::sql_store(std::unique_ptr<driver> on) : driver_(std::move(on)) {}

void sql_store::transact(const std::function<void()>& work) {
  db().transact(work);
}

void sql_store::read(const std::function<void()>& work) {
  db().read(work);
}

std::unique_ptr<store> sql_store::reader() {
  auto second = db().reader();
  return second ? std::make_unique<sql_store>(std::move(second)) : nullptr;
}

void sql_store::give_up() {
  db().give_up();
}

std::string sql_store::describe() {
  return db().describe();
}

std::string sql_store::trouble() {
  return db().trouble();
}

// --- start ---

void sql_store::reset_presence(requests requests) {
  if (auto* others = db().among_nodes())
    return others->reset_presence(requests);
  db().run("UPDATE clients SET status = 'disconnected' WHERE status <> 'disconnected'");
  if (requests == store::requests::end)
    db().run("DELETE FROM join_requests");
}

administrator_state sql_store::administrators() {
  if (auto* others = db().among_nodes())
    others->lock_administrators();
  const auto found = db().ask("SELECT password_hash FROM clients WHERE role = 'administrator' AND disabled_ms IS NULL");
  auto state = administrator_state::none;
  while (found->next()) {
    if (can_match(found->text(0)))
      return administrator_state::can_log_in;
    state = administrator_state::locked;
  }
  return state;
}

user sql_store::make_administrator(const std::string& username, const std::string& password_hash) {
  lock_names();
  const auto key = key_of(username);
  end_ban(key); // or the way in that this is would be closed
  auto found = find_user(key);
  if (!found)
    return insert_user({username, free_alias(username), password_hash, role::administrator});
  db().run("UPDATE clients SET role = 'administrator', password_hash = ?, disabled_ms = NULL WHERE client_id = ?",
           {password_hash, found->id.value});
  end_tokens(found->id);
  found->role = role::administrator;
  found->password_hash = password_hash;
  return *found;
}

// An account of the server's own making must not fail because somebody else is called so already.
std::string sql_store::free_alias(const std::string& wanted) {
  auto alias = wanted;
  for (int n = 2; is_alias_taken(key_of(alias)); ++n)
    alias = wanted + "-" + std::to_string(n);
  return alias;
}

} // namespace salond::persistence
