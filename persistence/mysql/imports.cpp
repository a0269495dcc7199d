// Many rows at once in MySQL and MariaDB: imports, and what a take-over remembers of a user.
#include "persistence/mysql/mysql_store.hpp"
#include "persistence/mysql/schema.hpp"
#include "persistence/rows.hpp"

namespace salond::persistence {

using mysql::value;

namespace {

// A multi-row INSERT is eight times as fast as single ones. A prepared statement has a fixed number of rows, and the
// connection keeps them all: hence classes, taken greedily. A statement stays far below every max_allowed_packet.
constexpr size_t insert_classes[] = {128, 16, 1};
constexpr size_t most_bytes_a_statement = 1 << 20;
// So that no statement takes longer than an answer is waited for.
constexpr int64_t accounts_a_statement = 5000;

size_t bytes_of(const std::vector<value>& row) {
  size_t sum = 0;
  for (const auto& one : row)
    sum += std::holds_alternative<std::string>(one) ? std::get<std::string>(one).size() : 8;
  return sum;
}

/// How many of the rows from there on one statement takes.
size_t fitting(const std::vector<std::vector<value>>& rows, size_t from) {
  size_t bytes = 0, count = 0;
  while (from + count < rows.size() && count < insert_classes[0] && bytes <= most_bytes_a_statement)
    bytes += bytes_of(rows[from + count++]);
  for (const auto one : insert_classes)
    if (one <= count)
      return one;
  return 1;
}

} // namespace

void mysql_store::insert_many(const std::string& head, const std::string& marks, std::vector<std::vector<value>> rows) {
  for (size_t from = 0; from < rows.size();) {
    const auto at_once = fitting(rows, from);
    auto statement = head + " VALUES " + marks;
    std::vector<value> values;
    for (auto at = from; at < from + at_once; ++at) {
      statement += at == from ? "" : "," + marks;
      values.insert(values.end(), std::make_move_iterator(rows[at].begin()), std::make_move_iterator(rows[at].end()));
    }
    db().run(statement, values);
    from += at_once;
  }
}

taken_names mysql_store::all_taken_names() {
  taken_names result;
  for (const auto* question : questions_for_names) {
    auto found = db().ask(question);
    add_names(result, found);
  }
  auto banned = db().ask("SELECT username_key FROM bans WHERE until_ms IS NULL");
  while (banned.next())
    result.usernames.insert(banned.text(0));
  return result;
}

user_id mysql_store::newest_user() {
  return user_id{db().number("SELECT MAX(client_id) FROM clients").value_or(0)};
}

void mysql_store::insert_accounts(const std::vector<imported_account>& all) {
  std::vector<std::vector<value>> rows;
  rows.reserve(all.size());
  for (const auto& one : all)
    rows.push_back({one.username, one.username_key, one.username_looks.folded, one.username_looks.spelled, one.alias,
                    one.alias_key, one.password_hash});
  insert_many("INSERT INTO clients(username, username_key, look_folded, look_spelled, alias, alias_key, password_hash)",
              "(?,?,?,?,?,?,?)", std::move(rows));
}

void mysql_store::join_automatic(user_id after) {
  const auto last = newest_user().value;
  for (auto from = after.value; from < last; from += accounts_a_statement)
    db().run(
        "INSERT INTO salons_adheres(username, salon_id) "
        "SELECT c.username, s.salon_id FROM clients c JOIN salons s ON s.policy = 'auto' AND s.archived_ms IS NULL "
        "WHERE c.client_id > ? AND c.client_id <= ? ORDER BY c.client_id, s.salon_id",
        {from, from + accounts_a_statement});
}

void mysql_store::put_members(const std::vector<std::pair<std::string, salon_id>>& usernames) {
  std::vector<std::vector<value>> rows;
  rows.reserve(usernames.size());
  for (const auto& [username, salon] : usernames)
    rows.push_back({username, salon.value});
  insert_many("INSERT INTO salons_adheres(username, salon_id)", "(?,?)", std::move(rows));
}

std::vector<new_members> mysql_store::members_after(user_id after) {
  auto found = db().ask("SELECT a.salon_id, c.client_id FROM clients c "
                        "JOIN salons_adheres a ON a.username = c.username "
                        "WHERE c.client_id > ? ORDER BY a.salon_id, c.client_id",
                        {after.value});
  return members_in(found);
}

void mysql_store::forget_beside(const user& who) {
  const auto have = mysql::catalog(bare()).tables();
  if (have.count("migration_repairs") != 0) {
    db().run("DELETE r FROM migration_repairs r JOIN messages m ON m.message_id = r.row_id "
             "WHERE r.table_name = 'messages' AND m.client_id = ?",
             {who.id.value});
    db().run("DELETE r FROM migration_repairs r JOIN salons_adheres a ON a.id = r.row_id "
             "WHERE r.table_name = 'salons_adheres' AND a.username = ?",
             {who.username});
    db().run("DELETE FROM migration_repairs WHERE table_name = 'clients' AND row_id = ?", {who.id.value});
  }
  if (have.count("migration_deleted_memberships") != 0)
    db().run("DELETE FROM migration_deleted_memberships WHERE username = ?", {who.username});
}

} // namespace salond::persistence
