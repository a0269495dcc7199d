#include "persistence/mysql/takeover.hpp"
#include "persistence/column_words.hpp"
#include "persistence/mysql/classes.hpp"
#include "persistence/mysql/keys_takeover.hpp"
#include "persistence/mysql/messages_takeover.hpp"
#include "persistence/mysql/obstacles.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>
#include <thread>

namespace salond::persistence::mysql {
namespace {

using std::chrono::milliseconds;

constexpr const char* four_tables[] = {"clients", "salons", "salons_adheres", "messages"};

// The replaced server keeps its connections; one that just ended may stand in the list for a moment still.
constexpr milliseconds patience_with_others{3000};

// --- other clients ---

// Whoever else is connected to this database, where our rights let us see it. Other salonds that start now wait for our
// lock, which their statement says; a running one has no database of the replaced server.
std::string others_connected(connection& db) {
  const auto here = db.word("SELECT DATABASE()");
  const auto us = db.number("SELECT CONNECTION_ID()");
  auto found = db.ask("SHOW FULL PROCESSLIST"); // MySQL gives the table of this name up
  std::string all;
  while (found.next()) {
    const auto user = found.text(1), command = found.text(4), info = found.text(7);
    if (found.text(3) != here || found.integer(0) == us || user == "system user" || command.rfind("Binlog Dump", 0) == 0
        || info.find(lock_mark) != std::string::npos)
      continue;
    all += (all.empty() ? "" : ", ") + user + "@" + found.text(2) + " (connection " + found.text(0) + ")";
  }
  return all;
}

// --- names and memberships ---

// The old collation's opinion is asked for only while it stands; afterwards each membership has its user's spelling.
const char* same_by_collation(connection& db) {
  catalog look(db);
  const auto here = look.find_column("salons_adheres", "username"), there = look.find_column("clients", "username");
  if (here && there && here->collation == there->collation)
    return "SELECT a.id, MIN(c.client_id) FROM salons_adheres a JOIN clients c ON c.username = a.username GROUP BY "
           "a.id";
  return "SELECT a.id, MIN(c.client_id) FROM salons_adheres a JOIN clients c ON CONVERT(c.username USING utf8mb4)"
         " COLLATE utf8mb4_unicode_ci = CONVERT(a.username USING utf8mb4) COLLATE utf8mb4_unicode_ci GROUP BY a.id";
}

// Whom the replaced server let in as administrator by this name: it asked for `username = 'admin'`, and took the first.
std::optional<int64_t> meant_by(connection& db, const std::string& name) {
  auto found = db.ask("SELECT client_id, username FROM clients WHERE username = '" + name + "' ORDER BY client_id");
  std::optional<int64_t> exactly, roughly;
  while (found.next()) {
    const auto username = found.text(1);
    if (!exactly && username == name)
      exactly = found.integer(0);
    if (!roughly && key_of(username) == name)
      roughly = found.integer(0);
  }
  return exactly ? exactly : roughly;
}

// The old collation's opinion, as above; it is recorded for the steps that come when that is gone.
std::set<int64_t> read_administrators(connection& db) {
  std::set<int64_t> all;
  if (!catalog(db).find_column("clients", "username_key")) {
    for (const auto* name : {"admin", "server"})
      if (const auto user = meant_by(db, name))
        all.insert(*user);
    return all;
  }
  auto found = db.ask("SELECT row_id FROM migration_repairs WHERE table_name = 'clients' AND field = 'role'");
  while (found.next())
    all.insert(found.integer(0));
  return all;
}

void log_administrators(const old_rows& rows, const reporter& report) {
  for (const auto& client : rows.clients)
    if (rows.administrators.count(client.id) != 0)
      report("take-over: clients " + std::to_string(client.id) + ": '" + shown(client.username)
             + "' stays an administrator");
  if (rows.administrators.empty())
    report("take-over: nobody is called admin or server, so the first start makes an administrator");
}

void log_repairs(const std::vector<repair>& all, const reporter& report) {
  for (const auto& change : all)
    report("take-over: " + change.table + " " + std::to_string(change.row) + ": " + change.field + " '"
           + shown(change.before) + "' becomes '" + shown(change.after) + "'");
}

void log_removals(const std::vector<removal>& all, const reporter& report) {
  for (const auto& change : all)
    report("take-over: membership " + std::to_string(change.row)
           + " goes (kept in migration_deleted_memberships): " + shown(change.why));
}

// A line has so many names.
constexpr size_t names_a_line = 50;

void log_admissions(const std::vector<admission>& all, const reporter& report) {
  for (size_t from = 0; from < all.size();) {
    auto to = from;
    std::string names;
    for (; to < all.size() && all[to].salon == all[from].salon && to - from < names_a_line; ++to)
      names += (to == from ? "'" : ", '") + shown(all[to].username) + "'";
    const auto in_all =
        std::count_if(all.begin(), all.end(), [&](const auto& a) { return a.salon == all[from].salon; });
    report("take-over: salon " + std::to_string(all[from].salon) + " is open to everybody, so " + std::to_string(in_all)
           + " users who were no members become members: " + names);
    from = to;
  }
}

void record(connection& db, const repair& change) {
  db.run("INSERT IGNORE INTO migration_repairs(table_name, row_id, field, old_value, new_value) VALUES (?, ?, ?, ?, ?)",
         {change.table, change.row, change.field, change.before, change.after});
}

void apply_to_memberships(connection& db, const repairs& todo) {
  for (const auto& change : todo.removed) {
    db.run("INSERT IGNORE INTO migration_deleted_memberships(id, username, salon_id) "
           "SELECT id, username, salon_id FROM salons_adheres WHERE id = ?",
           {change.row});
    db.run("DELETE FROM salons_adheres WHERE id = ?", {change.row});
  }
  for (const auto& change : todo.respelled) {
    record(db, change);
    db.run("UPDATE salons_adheres SET username = ? WHERE id = ?", {change.after, change.row});
  }
}

// While the old collation stands, for it alone knows whom some memberships mean; and before any name changes.
void repair_memberships(connection& db, const reporter& report) {
  if (catalog(db).find_column("clients", "username_key"))
    return; // done: this comes before the columns do
  const auto rows = read_old_rows(db);
  const auto todo = plan(rows);
  transaction all(db);
  for (const auto administrator : rows.administrators)
    record(db, {"clients", "role", administrator, "user", "administrator"});
  apply_to_memberships(db, todo);
  all.commit();
  log_removals(todo.removed, report);
  log_repairs(todo.respelled, report);
}

// The steps that follow need transactions, and no compressed pages; they set the row format besides.
bool needs_conversion(connection& db, const std::string& table) {
  auto found = db.ask("SELECT ENGINE, ROW_FORMAT, CREATE_OPTIONS FROM information_schema.TABLES WHERE TABLE_SCHEMA ="
                      " DATABASE() AND TABLE_NAME = ?",
                      {table});
  return found.next()
         && (found.text(0) != "InnoDB" || found.text(1) == "Compressed"
             || found.text(2).find("key_block_size") != std::string::npos
             || found.text(2).find("KEY_BLOCK_SIZE") != std::string::npos);
}

// To MySQL a new block size is new keys, so that it refuses to convert what a foreign key refers to (1553).
void convert_engines(connection& db) {
  std::vector<std::string> all;
  for (const auto* table : four_tables)
    if (needs_conversion(db, table))
      all.emplace_back(table);
  if (!all.empty())
    drop_foreign_keys(db);
  for (const auto& table : all)
    db.execute("ALTER TABLE " + table + " ENGINE=InnoDB, ROW_FORMAT=DYNAMIC, KEY_BLOCK_SIZE=0");
}

void describe_formats(connection& db, const reporter& report) {
  auto found = db.ask("SELECT TABLE_NAME, ENGINE, ROW_FORMAT FROM information_schema.TABLES WHERE TABLE_SCHEMA ="
                      " DATABASE() AND TABLE_NAME IN ('clients', 'salons', 'salons_adheres', 'messages')"
                      " AND (ENGINE <> 'InnoDB' OR ROW_FORMAT <> 'Dynamic') ORDER BY 1");
  while (found.next())
    report("take-over: the table " + found.text(0) + " (" + found.text(1) + ", " + found.text(2)
           + ") gets InnoDB and ROW_FORMAT=DYNAMIC");
}

#define SALOND_NAME "VARCHAR(512) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
// An old table may have a row format whose keys are shorter than ours.
#define SALOND_DYNAMIC ", ROW_FORMAT=DYNAMIC"
#define SALOND_CHARSET ", DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin" SALOND_DYNAMIC

void convert_names(connection& db) {
  catalog look(db);
  if (look.find_column("salons_adheres", "username")->collation != "utf8mb4_bin"
      || look.find_column("salons_adheres", "salon_id")->nullable)
    db.execute("ALTER TABLE salons_adheres MODIFY id INT NOT NULL AUTO_INCREMENT,"
               " MODIFY username " SALOND_NAME " NOT NULL, MODIFY salon_id INT NOT NULL" SALOND_CHARSET);
  if (!look.find_column("salons", "nom_key"))
    db.execute("ALTER TABLE salons MODIFY salon_id INT NOT NULL AUTO_INCREMENT,"
               " MODIFY nom_salon " SALOND_NAME " NOT NULL, ADD nom_key VARBINARY(2048) NULL AFTER nom_salon,"
               " ADD policy VARCHAR(10) NOT NULL DEFAULT 'approval' AFTER nom_key,"
               " ADD last_seq BIGINT NOT NULL DEFAULT 0 AFTER policy" SALOND_CHARSET);
  if (!look.find_column("clients", "username_key"))
    db.execute("ALTER TABLE clients MODIFY client_id INT NOT NULL AUTO_INCREMENT,"
               " MODIFY username " SALOND_NAME " NOT NULL, ADD username_key VARBINARY(2048) NULL AFTER username,"
               " MODIFY alias " SALOND_NAME " NOT NULL, ADD alias_key VARBINARY(2048) NULL AFTER alias,"
               " MODIFY password_hash VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,"
               // Until add_constraints() it may be NULL: no row has to change before the column can hold the word.
               " MODIFY status VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL DEFAULT 'disconnected',"
               " ADD role VARCHAR(20) NOT NULL DEFAULT 'user' AFTER status" SALOND_CHARSET);
}

void fill_clients(connection& db, const old_rows& rows) {
  for (const auto& client : rows.clients) {
    const bool rules = rows.administrators.count(client.id) != 0;
    db.run("UPDATE clients SET username_key = ?, alias_key = ?, role = ? WHERE client_id = ?",
           {key_of(client.username), key_of(client.alias), std::string(rules ? "administrator" : "user"), client.id});
  }
}

void fill_salons(connection& db, const old_rows& rows) {
  for (const auto& salon : rows.salons)
    db.run("UPDATE salons SET nom_key = ?, policy = ? WHERE salon_id = ?",
           {key_of(salon.name), std::string(to_word(old_policy(salon.name))), salon.id});
}

// With numbers of our own: those that the table counts would have holes after an interruption, and others the next
// time.
void admit(connection& db, const std::vector<admission>& all) {
  auto id = db.number("SELECT MAX(id) FROM salons_adheres").value_or(0);
  in_classes(insert_classes, all.size(), [&](size_t from, size_t count) {
    std::string members = "INSERT INTO salons_adheres(id, username, salon_id) VALUES ",
                records = "INSERT INTO migration_repairs(table_name, row_id, field, old_value, new_value) VALUES ";
    std::vector<value> rows, recorded;
    for (auto place = from; place < from + count; ++place) {
      members += place == from ? "(?,?,?)" : ",(?,?,?)";
      records += place == from ? "('salons_adheres',?,'added',NULL,?)" : ",('salons_adheres',?,'added',NULL,?)";
      rows.insert(rows.end(), {++id, all[place].username, all[place].salon});
      recorded.insert(recorded.end(), {id, all[place].username});
    }
    db.run(members, rows);
    db.run(records, recorded);
  });
}

// Renames and fills the keys in one transaction. Until the constraints are there that keep all of it so it is done
// again, memberships too: after an interruption the replaced server may have been used meanwhile.
void repair_names(connection& db, const reporter& report) {
  if (constraints_are_made(db))
    return;
  auto rows = read_old_rows(db);
  const auto todo = plan(rows);
  transaction all(db);
  apply_to_memberships(db, todo);
  for (const auto& change : todo.renamed) {
    record(db, change);
    const auto* id = change.table == "salons" ? "salon_id" : "client_id";
    db.run("UPDATE " + change.table + " SET " + change.field + " = ? WHERE " + id + " = ?", {change.after, change.row});
  }
  for (const auto& change : todo.followed) {
    record(db, change);
    db.run("UPDATE salons_adheres SET username = ? WHERE id = ?", {change.after, change.row});
  }
  rows = read_old_rows(db);
  fill_clients(db, rows);
  fill_salons(db, rows);
  admit(db, todo.admitted);
  all.commit();
  log_administrators(rows, report);
  log_removals(todo.removed, report);
  log_repairs(todo.respelled, report);
  log_repairs(todo.renamed, report);
  log_repairs(todo.followed, report);
  log_admissions(todo.admitted, report);
}

void finish(connection& db) {
  transaction all(db);
  db.run("UPDATE clients SET status = 'disconnected' WHERE status <> 'disconnected'");
  record_version(db, 1, "the database of the replaced server was taken over");
  all.commit();
}

} // namespace

void refuse_other_clients(connection& db) {
  const auto until = std::chrono::steady_clock::now() + patience_with_others;
  for (;;) {
    const auto others = others_connected(db);
    if (others.empty())
      return;
    if (std::chrono::steady_clock::now() > until)
      throw store_error(store_error::kind::setup, "other clients use the database of the replaced server: " + others
                                                      + "; stop the replaced server and end their connections first");
    std::this_thread::sleep_for(milliseconds(100));
  }
}

old_rows read_old_rows(connection& db) {
  old_rows rows;
  rows.administrators = read_administrators(db);
  {
    auto found = db.ask("SELECT client_id, username, alias FROM clients ORDER BY client_id");
    while (found.next())
      rows.clients.push_back({found.integer(0), found.text(1), found.text(2)});
  }
  {
    auto found = db.ask("SELECT salon_id, nom_salon FROM salons ORDER BY salon_id");
    while (found.next())
      rows.salons.push_back({found.integer(0), found.text(1)});
  }
  std::unordered_map<int64_t, int64_t> same;
  {
    auto found = db.ask(same_by_collation(db));
    while (found.next())
      same.emplace(found.integer(0), found.integer(1));
  }
  auto found = db.ask("SELECT id, username, salon_id FROM salons_adheres ORDER BY id");
  while (found.next()) {
    old_membership row{found.integer(0), {}, {}, 0};
    if (!found.is_null(1))
      row.username = found.text(1);
    if (!found.is_null(2))
      row.salon = found.integer(2);
    if (const auto found = same.find(row.id); found != same.end())
      row.same_by_collation = found->second;
    rows.memberships.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::string> describe_takeover(connection& db) {
  std::vector<std::string> lines{"take-over: this is a database of the replaced server; have a backup of it"};
  refuse_other_clients(db);
  refuse_obstacles(obstacles_to_takeover(db));
  const auto rows = read_old_rows(db);
  const auto todo = plan(rows);
  const reporter collect = [&](const std::string& line) { lines.push_back(line); };
  describe_formats(db, collect);
  describe_dropped_indexes(db, collect);
  log_administrators(rows, collect);
  log_removals(todo.removed, collect);
  log_repairs(todo.respelled, collect);
  log_repairs(todo.renamed, collect);
  log_repairs(todo.followed, collect);
  log_admissions(todo.admitted, collect);
  for (auto& line : describe_messages(db))
    lines.push_back(std::move(line));
  lines.push_back("take-over: convert the four tables and make the others beside them");
  return lines;
}

void apply_takeover(connection& db, const reporter& report) {
  const auto begin = std::chrono::steady_clock::now();
  refuse_other_clients(db);
  refuse_obstacles(obstacles_to_takeover(db));
  describe_formats(db, report);
  describe_dropped_indexes(db, report);
  report("take-over: the database of the replaced server becomes ours; a backup of it should exist");
  db.execute(create_versions);
  if (!db.number("SELECT 1 FROM schema_version WHERE version = 0"))
    record_version(db, 0, "a take-over began"); // from now on what has the names of ours is ours
  db.execute(create_repairs);
  db.execute(create_deleted_memberships);
  convert_engines(db);
  repair_memberships(db, report);
  drop_foreign_keys(db);
  convert_names(db);
  repair_names(db, report);
  add_constraints(db);
  take_over_messages(db, report);
  create_new_tables(db);
  finish(db);
  const auto took = std::chrono::steady_clock::now() - begin;
  report("take-over: done in " + std::to_string(std::chrono::duration_cast<milliseconds>(took).count()) + " ms");
}

} // namespace salond::persistence::mysql
