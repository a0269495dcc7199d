#include "persistence/sql/among_nodes.hpp"
#include "persistence/sql/rows.hpp"
#include <algorithm>

namespace salond::persistence {

// --- locks ---

int64_t among_nodes::lock(const char* counter) {
  return number_in(on_.ask("SELECT value FROM counters WHERE name = ? FOR UPDATE", {std::string_view(counter)}));
}

void among_nodes::lock_token(const std::string& hash) {
  on_.ask("SELECT client_id FROM sessions WHERE token_hash = ? FOR UPDATE", {blob{hash}})->next();
}

void among_nodes::lock_account(user_id who) {
  on_.ask("SELECT client_id FROM clients WHERE client_id = ? FOR UPDATE", {who.value})->next();
}

void among_nodes::lock_account(const std::string& username_key) {
  on_.ask("SELECT client_id FROM clients WHERE username_key = ? FOR UPDATE", {blob{username_key}})->next();
}

void among_nodes::lock_accounts(const std::vector<int64_t>& ids) {
  ask_for_each(on_, "SELECT client_id FROM clients WHERE client_id", {}, ids, " ORDER BY client_id FOR UPDATE",
               [](const query_result&) {});
}

// --- who is where ---

void among_nodes::arrive(user_id who) {
  on_.run("INSERT INTO presences(client_id, node_id) VALUES (?, ?) ON DUPLICATE KEY UPDATE node_id = VALUES(node_id)",
          {who.value, run_});
}

void among_nodes::depart(const std::vector<user_id>& who, offline_requests requests, moment now) {
  auto ids = numbers_of(who);
  std::sort(ids.begin(), ids.end());
  lock_accounts(ids);
  run_for_each(on_, "DELETE FROM presences WHERE node_id = ? AND client_id", {run_}, ids);
  run_for_each(on_,
               "UPDATE clients SET status = 'disconnected', last_seen_ms = ? WHERE status <> 'disconnected' "
               "AND NOT EXISTS (SELECT 1 FROM presences p WHERE p.client_id = clients.client_id) AND client_id",
               {to_ms(now)}, ids);
  if (requests == offline_requests::end)
    run_for_each(on_,
                 "DELETE FROM join_requests WHERE NOT EXISTS (SELECT 1 FROM presences p "
                 "WHERE p.client_id = join_requests.client_id) AND client_id",
                 {}, ids);
}

void among_nodes::reset_presence(offline_requests requests) {
  on_.run("UPDATE clients SET status = 'disconnected' WHERE status <> 'disconnected' "
          "AND NOT EXISTS (SELECT 1 FROM presences p WHERE p.client_id = clients.client_id)");
  if (requests == offline_requests::end)
    on_.run("DELETE FROM join_requests "
            "WHERE NOT EXISTS (SELECT 1 FROM presences p WHERE p.client_id = join_requests.client_id)");
}

std::vector<int64_t> among_nodes::runs_with(user_id who) {
  return all_in(on_.ask("SELECT node_id FROM presences WHERE client_id = ? ORDER BY node_id", {who.value}),
                [](const query_result& row) { return row.integer(0); });
}

bool among_nodes::is_elsewhere(user_id who) {
  const auto runs = runs_with(who);
  return std::any_of(runs.begin(), runs.end(), [this](int64_t run) { return run != run_; });
}

// --- news ---

bool among_nodes::write_news() {
  if (told_.empty())
    return false;
  auto number = lock("news");
  for (const auto& one : told_)
    on_.run("INSERT INTO news(news_id, node_id, what, client_id, salon_id, name) VALUES (?, ?, ?, ?, ?, ?)",
            {++number, run_, std::string_view(to_word(one.what)), one.who.value, one.salon.value, one.name});
  on_.run("UPDATE counters SET value = ? WHERE name = 'news'", {number});
  told_.clear();
  return true;
}

} // namespace salond::persistence
