#include "persistence/sqlite/driver.hpp"
#include "persistence/backup/tables.hpp"
#include "persistence/sqlite/schema.hpp"
#include <algorithm>
#include <sqlite3.h>

namespace salond::persistence {

using sqlite::database;

sqlite_driver::sqlite_driver(std::unique_ptr<database> db, std::shared_ptr<const sqlite::file_lock> lock)
    : lock_(std::move(lock)), db_(std::move(db)), written_(std::make_shared<sqlite::written_database>()),
      writes_(true) {
  written_->db = db_.get();
  db_->started();
}

sqlite_driver::sqlite_driver(std::unique_ptr<database> db, std::shared_ptr<const sqlite::file_lock> lock,
                             std::shared_ptr<sqlite::written_database> written)
    : lock_(std::move(lock)), db_(std::move(db)), written_(std::move(written)), writes_(false) {
  db_->started();
}

sqlite_driver::~sqlite_driver() {
  if (writes_) {
    std::lock_guard turn(written_->turn);
    written_->db = nullptr;
    db_->checkpoint();
  }
  close_readers(); // the last connection to close removes the log, which a reader may not do
}

// --- statements ---

std::unique_ptr<query_result> sqlite_driver::ask_with(std::string_view statement, const parameter* values,
                                                      size_t count) {
  return db_->ask_with(statement, values, count);
}

int64_t sqlite_driver::run_with(std::string_view statement, const parameter* values, size_t count) {
  return db_->run_with(statement, values, count);
}

int64_t sqlite_driver::last_insert_id() {
  return db_->last_insert_id();
}

const sql_words& sqlite_driver::words() const {
  static const auto all = [] {
    sql_words words;
    words.greater_of = "max"; // of two, where MySQL's max() is of a column's rows alone
    words.lesser_of = "min";
    words.text_bytes = "length(CAST(contenu AS BLOB))"; // of a text it counts characters, up to the first NUL
    words.is_shown = "contenu <> ''";
    words.in_this_order = " CROSS JOIN "; // the planner leaves it as it stands
    words.by_number = " NOT INDEXED";     // which leaves the table's own numbers
    words.by_seq = "";                    // the planner takes that index, for the order
    words.by_eighths = true;
    words.keep_later = "ON CONFLICT(client_id, address) DO UPDATE SET last_ms = max(last_ms, excluded.last_ms)";
    words.max_texts = 2000; // one after the other
    return words;           // rows are read and written one at a time: there is no way to a server to be saved
  }();
  return all;
}

// --- transactions ---

void sqlite_driver::transact(const std::function<void()>& work) {
  std::lock_guard turn(written_->turn); // contended only while a backup copies
  db_->transact(database::transaction::writes, work);
}

void sqlite_driver::read(const std::function<void()>& work) {
  std::unique_lock<std::mutex> turn;
  if (writes_)
    turn = std::unique_lock(written_->turn);
  db_->transact(database::transaction::reads, work);
}

// A read transaction sees one state, and no writer waits for it.
void sqlite_driver::snapshot(const std::function<void()>& work) {
  read(work);
}

// As long as a read transaction is open, no checkpoint empties the log.
void sqlite_driver::long_snapshot(const std::function<void()>& work, const std::function<void(double)>& copying) {
  if (writes_ || !written_)
    return snapshot(work);
  auto copy = sqlite::copy_of(*written_, copying);
  std::swap(db_, copy);
  try {
    snapshot(work);
  } catch (...) {
    std::swap(db_, copy);
    throw;
  }
  std::swap(db_, copy);
}

std::unique_ptr<driver> sqlite_driver::open_reader() {
  if (!writes_ || sqlite::in_memory(db_->path()))
    return nullptr;
  auto second = std::make_unique<database>(db_->path(), database::purpose::read);
  return std::make_unique<sqlite_driver>(std::move(second), lock_, written_);
}

std::string sqlite_driver::describe() {
  return std::string("SQLite ") + sqlite3_libversion() + ", write-ahead log, every commit synced: " + db_->path();
}

std::string sqlite_driver::trouble() {
  if (sqlite::in_memory(db_->path()) || !db_->has_moved())
    return {};
  return "the file " + db_->path()
         + " or its -wal was moved or deleted under the running server, which goes on in it: put it back, "
         + "with its -wal and -shm; or, where it is gone, make a backup with salonctl now and restore it";
}

// --- what is done in another way ---

// Out of `clients`, for messages have no foreign key to their author.
bool sqlite_driver::append(const new_message& message) {
  if (next_message_ == 0)
    next_message_ = next_number(table_named("messages"));
  return db_->run("INSERT INTO messages(message_id, client_id, salon_id, seq, contenu, created_ms) "
                  "SELECT ?6, client_id, ?2, ?3, ?4, ?5 FROM clients WHERE client_id = ?1 AND gone_ms IS NULL",
                  message.author.value, message.salon.value, message.seq, message.text, to_ms(message.at),
                  next_message_++)
         != 0;
}

bool sqlite_driver::has_account(user_id who) {
  return db_->ask("SELECT 1 FROM clients WHERE client_id = ? AND gone_ms IS NULL", who.value).next();
}

void sqlite_driver::delete_account(user_id who) {
  db_->run("DELETE FROM messages WHERE " + words().is_user("client_id"), who.value);
  for (const auto* column : {"from_client_id", "to_client_id"})
    db_->run("DELETE FROM private_messages WHERE " + words().is_user(column), who.value);
  // Memberships, requests and tokens go with the account, by their foreign keys.
  db_->run("DELETE FROM clients WHERE client_id = ?", who.value);
}

// Only a take-over remembers more than the tables that all have, and only MySQL is taken over.
void sqlite_driver::forget_beside(const user&) {}

void sqlite_driver::fill_looks() {
  sqlite::fill_looks(*db_);
}

// SQLite remembers the highest number that was ever used only where a table must not use one again.
int64_t sqlite_driver::next_number(const stored_table& of) {
  auto remembered = db_->ask("SELECT seq FROM sqlite_sequence WHERE name = ?", of.name);
  const auto used = remembered.next() ? remembered.integer(0) : 0;
  auto highest = db_->ask("SELECT coalesce(max(" + std::string(of.columns[0].name) + "), 0) FROM " + of.name);
  return 1 + std::max(used, highest.next() ? highest.integer(0) : 0);
}

void sqlite_driver::count_from(const stored_table& of, int64_t next) {
  transact([&] {
    next_message_ = 0;
    if (!db_->ask("SELECT 1 FROM sqlite_schema WHERE name = ? AND sql LIKE '%AUTOINCREMENT%' UNION ALL"
                  " SELECT 1 FROM sqlite_sequence WHERE name = ?",
                  of.name, of.name)
             .next())
      return;
    db_->run("DELETE FROM sqlite_sequence WHERE name = ?", of.name);
    db_->run("INSERT INTO sqlite_sequence(name, seq) VALUES (?, ?)", of.name, next - 1);
  });
}

} // namespace salond::persistence
