// Many accounts at once in SQLite.
#include "persistence/rows.hpp"
#include "persistence/sqlite/sqlite_store.hpp"

namespace salond::persistence {

using sqlite::blob;

taken_names sqlite_store::all_taken_names() {
  taken_names result;
  for (const std::string_view question : questions_for_names) {
    auto found = db_->ask(question);
    add_names(result, found);
  }
  auto banned = db_->ask("SELECT username_key FROM bans WHERE until_ms IS NULL");
  while (banned.next())
    result.usernames.insert(banned.text(0));
  return result;
}

user_id sqlite_store::newest_user() {
  auto found = db_->ask("SELECT coalesce(max(client_id), 0) FROM clients");
  return user_id{found.next() ? found.integer(0) : 0};
}

void sqlite_store::insert_accounts(const std::vector<imported_account>& all) {
  for (const auto& one : all)
    db_->run("INSERT INTO clients(username, username_key, look_folded, look_spelled, alias, alias_key, password_hash) "
             "VALUES (?, ?, ?, ?, ?, ?, ?)",
             one.username, blob{one.username_key}, blob{one.username_looks.folded}, blob{one.username_looks.spelled},
             one.alias, blob{one.alias_key}, one.password_hash);
}

void sqlite_store::join_automatic(user_id after) {
  db_->run("INSERT INTO salons_adheres(username, salon_id) "
           "SELECT c.username, s.salon_id FROM clients c JOIN salons s ON s.policy = 'auto' AND s.archived_ms IS NULL "
           "WHERE c.client_id > ? ORDER BY c.client_id, s.salon_id",
           after.value);
}

void sqlite_store::put_members(const std::vector<std::pair<std::string, salon_id>>& usernames) {
  for (const auto& [username, salon] : usernames)
    put_member(salon, username);
}

std::vector<new_members> sqlite_store::members_after(user_id after) {
  // CROSS JOIN: the accounts first, of which the new ones are the last.
  auto found = db_->ask("SELECT a.salon_id, c.client_id FROM clients c "
                        "CROSS JOIN salons_adheres a ON a.username = c.username "
                        "WHERE c.client_id > ? ORDER BY a.salon_id, c.client_id",
                        after.value);
  return members_in(found);
}

// Only a take-over remembers more than that, and only MySQL is taken over.
void sqlite_store::forget_beside(const user&) {}

} // namespace salond::persistence
