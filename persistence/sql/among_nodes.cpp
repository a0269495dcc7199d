#include "persistence/sql/among_nodes.hpp"
#include "persistence/contracts/sessions.hpp"
#include "persistence/sql/classes.hpp"
#include "persistence/sql/rows.hpp"
#include <algorithm>
#include <set>

namespace salond::persistence {
namespace {

/// The same in rising order, the last one so often that one statement or few take all.
std::vector<int64_t> for_few_statements(std::vector<int64_t> ids) {
  std::sort(ids.begin(), ids.end());
  const auto most = list_classes[0], some = list_classes[1];
  if (const auto size = ids.size(); size > 1)
    ids.resize(size <= some ? some : (size + most - 1) / most * most, ids.back());
  return ids;
}

template <class Map>
std::vector<int64_t> users_in(const Map& by_user) {
  std::vector<int64_t> result;
  for (const auto& each : by_user)
    result.push_back(each.first.value);
  return result;
}

} // namespace

// --- locks ---

int64_t among_nodes::lock(const char* counter) {
  return number_in(on_.ask("SELECT value FROM counters WHERE name = ? FOR UPDATE", {std::string_view(counter)}));
}

void among_nodes::lock_all(const char* counter) {
  if (held_.insert(counter).second)
    lock(counter);
}

void among_nodes::lock_token(const std::string& hash) {
  on_.ask("SELECT client_id FROM sessions WHERE token_hash = ? FOR UPDATE", {blob{hash}})->next();
}

void among_nodes::lock_account(user_id who) {
  on_.ask("SELECT client_id FROM clients WHERE client_id = ? FOR UPDATE", {who.value})->next();
  rest_.seen.erase(who);
  rest_.targets.erase(who);
  auto& all = rest_.addresses;
  for (auto at = all.lower_bound({who, {}}); at != all.end() && at->first.first == who;)
    at = all.erase(at);
}

std::vector<int64_t> among_nodes::lock_free(const char* table, const char* number, std::vector<int64_t> ids) {
  std::vector<int64_t> result;
  ask_for_each(on_, std::string("SELECT ") + number + " FROM " + table + on_.words().by_number + " WHERE " + number, {},
               for_few_statements(std::move(ids)), std::string(" ORDER BY ") + number + " FOR UPDATE SKIP LOCKED",
               [&](const query_result& row) { result.push_back(row.integer(0)); });
  return result;
}

// --- who is where ---

// IGNORE: neither a row that is there nor an account that is not is an error.
bool among_nodes::arrive(user_id who) {
  return on_.run("INSERT IGNORE INTO presences(client_id, node_id) VALUES (?, ?)", {who.value, run_}) > 0;
}

void among_nodes::turn_away(user_id who) {
  on_.run("DELETE FROM presences WHERE client_id = ? AND node_id = ?", {who.value, run_});
}

void among_nodes::note_connected(user_id who, moment now) {
  rest_.seen[who] = {true, now};
}

void among_nodes::depart(const std::vector<user_id>& who, offline_requests requests, moment now) {
  const auto ids = for_few_statements(numbers_of(who));
  run_for_each(on_,
               std::string("DELETE p FROM presences p") + on_.words().by_number + " WHERE node_id = ? AND client_id",
               {run_}, ids);
  for (const auto user : who)
    rest_.seen[user] = {false, now};
  if (requests == offline_requests::end)
    end_requests(ids);
}

/// Few have any. Whoever decides by where somebody is connected elsewhere locks the account first: two nodes that he
/// leaves at once do not miss each other.
void among_nodes::end_requests(const std::vector<int64_t>& of) {
  std::vector<int64_t> who;
  ask_for_each(on_, "SELECT DISTINCT client_id FROM join_requests WHERE client_id", {}, of, "",
               [&](const query_result& row) { who.push_back(row.integer(0)); });
  who = for_few_statements(std::move(who));
  ask_for_each(on_, "SELECT client_id FROM clients WHERE client_id", {}, who, " ORDER BY client_id FOR UPDATE",
               [](const query_result&) {});
  run_for_each(on_,
               "DELETE FROM join_requests WHERE NOT EXISTS (SELECT 1 FROM presences p "
               "WHERE p.client_id = join_requests.client_id) AND client_id",
               {}, who);
}

void among_nodes::reset_presence(offline_requests requests) {
  on_.run("UPDATE clients SET status = 'disconnected' WHERE status <> 'disconnected' "
          "AND NOT EXISTS (SELECT 1 FROM presences p WHERE p.client_id = clients.client_id)");
  if (requests == offline_requests::end)
    on_.run("DELETE FROM join_requests "
            "WHERE NOT EXISTS (SELECT 1 FROM presences p WHERE p.client_id = join_requests.client_id)");
}

/// Of one who was looked for several times: the runs with which he was found each time. A message is told to those runs
/// alone with which he was found for it, and he may have left some and come to others meanwhile.
void among_nodes::find_in_all(found_users& found, user_id who, const std::vector<int64_t>& runs) {
  const auto [place, is_first] = found.emplace(who, runs);
  auto& all = place->second;
  if (!is_first)
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](int64_t run) { return std::find(runs.begin(), runs.end(), run) == runs.end(); }),
              all.end());
}

void among_nodes::look_where(mailbox& box, user_id author) {
  const auto found = on_.ask("SELECT client_id, node_id FROM presences WHERE client_id IN (?, ?) ORDER BY node_id",
                             {box.of.value, author.value});
  while (found->next())
    (user_id{found->integer(0)} == box.of ? box.runs : box.author_runs).push_back(found->integer(1));
  find_in_all(rest_.targets, box.of, box.runs);
}

bool among_nodes::is_elsewhere(user_id who) {
  return on_.ask("SELECT 1 FROM presences WHERE client_id = ? AND node_id <> ? LIMIT 1", {who.value, run_})->next();
}

void among_nodes::remember_address(user_id who, const std::string& address, moment now) {
  auto& last = rest_.addresses[{who, address}];
  last = std::max(last, now);
}

void among_nodes::end_some_tokens(moment now) {
  constexpr int64_t most = 2;
  // By itself the look locks nothing: with FOR UPDATE it would hold the first one that is still good as well.
  const auto expired = all_in(
      on_.ask("SELECT token_hash FROM sessions WHERE expires_ms <= ? ORDER BY expires_ms LIMIT ?", {to_ms(now), most}),
      [](const query_result& row) { return row.text(0); });
  for (const auto& hash : expired)
    if (on_.ask("SELECT 1 FROM sessions WHERE token_hash = ? FOR UPDATE SKIP LOCKED", {blob{hash}})->next())
      on_.run("DELETE FROM sessions WHERE token_hash = ?", {blob{hash}});
}

// --- the course of a transaction ---

void among_nodes::begin() {
  rest_ = {};
  held_.clear();
}

bool among_nodes::write_rest() {
  write_addresses();
  write_seen();
  return write_news();
}

void among_nodes::write_addresses() {
  if (rest_.addresses.empty())
    return;
  std::vector<parameters> rows;
  std::vector<int64_t> whose;
  for (const auto& [where, at] : rest_.addresses) {
    rows.push_back({where.first.value, where.second, to_ms(at)});
    whose.push_back(where.first.value);
  }
  insert_many(on_, "INSERT INTO known_addresses(client_id, address, last_ms)", "(?,?,?)", rows,
              std::string(" ") + on_.words().keep_later);
  std::vector<int64_t> too_many;
  ask_for_each(on_, "SELECT client_id FROM known_addresses WHERE client_id", {}, for_few_statements(std::move(whose)),
               " GROUP BY client_id HAVING COUNT(*) > " + std::to_string(session_store::max_known_addresses),
               [&](const query_result& row) { too_many.push_back(row.integer(0)); });
  for (const auto user : too_many)
    keep_newest_addresses(on_, user_id{user});
}

/// A post and a private message hold their people's rows of clients until their transactions end: these are passed
/// over, and left to later transactions. An account that is gone is not waited for.
void among_nodes::write_seen() {
  auto open = std::move(rest_.seen);
  open.insert(late_.begin(), late_.end()); // where both have one, this transaction's is the later
  std::vector<int64_t> here, gone;
  shown as_here{true, {}}, as_gone;
  for (const auto id : lock_free("clients", "client_id", users_in(open))) {
    const auto found = open.find(user_id{id});
    auto& as = found->second.connected ? as_here : as_gone;
    (found->second.connected ? here : gone).push_back(id);
    as.at = std::max(as.at, found->second.at);
    open.erase(found);
  }
  show(here, as_here);
  show(gone, as_gone);
  if (open.empty())
    return;
  ask_for_each(on_, "SELECT client_id FROM clients WHERE client_id", {}, for_few_statements(users_in(open)), "",
               [&](const query_result& row) { rest_.held.insert(*open.find(user_id{row.integer(0)})); });
}

/// Whoever has no connection left is connected with no other run: that is looked for when the row is locked.
void among_nodes::show(const std::vector<int64_t>& ids, const shown& as) {
  const auto all = for_few_statements(ids);
  const std::string update = std::string("UPDATE clients") + on_.words().by_number;
  if (as.connected) {
    run_for_each(on_, update + " SET status = 'connected', last_seen_ms = ? WHERE client_id", {to_ms(as.at)}, all);
    return;
  }
  run_for_each(on_,
               update
                   + " SET status = 'disconnected', last_seen_ms = ? WHERE status <> 'disconnected' AND NOT EXISTS"
                     " (SELECT 1 FROM presences p WHERE p.client_id = clients.client_id) AND client_id",
               {to_ms(as.at)}, all);
}

void among_nodes::note(audit_line line) {
  line.node = name_;
  rest_.audited.push_back(std::move(line));
}

void among_nodes::note_at_once(audit_line line) {
  lock_all("news");
  write_audit(on_, std::exchange(rest_.audited, {}));
  line.node = name_;
  write_audit(on_, {line});
}

/// And lines of the audit log. Answers whether there was news.
bool among_nodes::write_news() {
  if (rest_.told.empty() && rest_.audited.empty())
    return false;
  auto number = lock("news");
  write_audit(on_, std::exchange(rest_.audited, {}));
  if (rest_.told.empty())
    return false;
  for (const auto& fact : rest_.told)
    on_.run("INSERT INTO news(news_id, node_id, what, client_id, salon_id, name) VALUES (?, ?, ?, ?, ?, ?)",
            {++number, run_, std::string_view(to_word(fact.type)), fact.who.value, fact.salon.value, fact.name});
  on_.run("UPDATE counters SET value = ? WHERE name = 'news'", {number});
  rest_.told.clear();
  return true;
}

// --- behind a transaction ---

void among_nodes::committed() {
  late_ = std::move(rest_.held);
  for (const auto& [who, runs] : rest_.targets)
    find_in_all(unlooked_, who, runs);
  rest_ = {};
}

/// Whoever comes in writes his presence first, and looks for what waits then; a private message is committed first, and
/// its target looked for then, be his presence committed or not. So one of the two finds the other.
bool among_nodes::look_again(const execute& run) {
  if (unlooked_.empty())
    return false;
  run("SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED"); // of the next one alone
  std::set<user_id> missed;
  ask_for_each(on_, "SELECT client_id, node_id FROM presences WHERE client_id", {},
               for_few_statements(users_in(unlooked_)), "", [&](const query_result& row) {
                 const user_id who{row.integer(0)};
                 const auto& known = unlooked_.at(who);
                 if (row.integer(1) != run_ && std::find(known.begin(), known.end(), row.integer(1)) == known.end())
                   missed.insert(who);
               });
  run("COMMIT");
  for (const auto who : missed)
    tell({fact::kind::mail, who, {}, {}});
  const bool has_news = write_news();
  if (has_news)
    run("COMMIT");
  unlooked_.clear();
  return has_news;
}

} // namespace salond::persistence
