#include "persistence/sqlite/sqlite_store.hpp"
#include "persistence/sqlite/rows.hpp"
#include "persistence/sqlite/schema.hpp"
#include "protocol/words/names.hpp"
#include <filesystem>
#include <sqlite3.h>

namespace salond::persistence {

using sqlite::blob;
using sqlite::database;

sqlite_store::sqlite_store(std::unique_ptr<database> db, std::shared_ptr<const sqlite::file_lock> lock,
                           database::purpose what)
    : lock_(std::move(lock)), db_(std::move(db)), purpose_(what) {
  db_->started();
}

sqlite_store::~sqlite_store() {
  if (purpose_ == database::purpose::write)
    db_->checkpoint();
}

void sqlite_store::transact(const std::function<void()>& work) {
  db_->transact(database::transaction::writes, work);
}

void sqlite_store::read(const std::function<void()>& work) {
  db_->transact(database::transaction::reads, work);
}

std::unique_ptr<store> sqlite_store::reader() {
  if (purpose_ == database::purpose::read || sqlite::in_memory(db_->path()))
    return nullptr;
  if (readers_.empty())
    open_readers(1);
  auto next = std::move(readers_.back());
  readers_.pop_back();
  return next;
}

void sqlite_store::open_readers(size_t count) {
  if (sqlite::in_memory(db_->path()))
    return;
  while (readers_.size() < count) {
    auto second = std::make_unique<database>(db_->path(), database::purpose::read);
    readers_.push_back(std::make_unique<sqlite_store>(std::move(second), lock_, database::purpose::read));
  }
}

std::string sqlite_store::describe() {
  return std::string("SQLite ") + sqlite3_libversion() + ", write-ahead log, every commit synced: " + db_->path();
}

// --- start ---

void sqlite_store::reset_presence(requests what) {
  db_->run("UPDATE clients SET status = 'disconnected' WHERE status <> 'disconnected'");
  if (what == requests::end)
    db_->run("DELETE FROM join_requests");
}

administrator_state sqlite_store::administrators() {
  auto found = db_->ask("SELECT password_hash FROM clients WHERE role = 'administrator'");
  auto state = administrator_state::none;
  while (found.next()) {
    if (can_match(found.text(0)))
      return administrator_state::can_log_in;
    state = administrator_state::locked;
  }
  return state;
}

user sqlite_store::make_administrator(const std::string& username, const std::string& password_hash) {
  const auto key = key_of(username);
  end_ban(key); // or the way in that this is would be closed
  auto found = find_user(key);
  if (!found)
    return insert_user({username, free_alias(username), password_hash, role::administrator});
  db_->run("UPDATE clients SET role = 'administrator', password_hash = ? WHERE client_id = ?", password_hash,
           found->id.value);
  end_tokens(found->id);
  found->role = role::administrator;
  found->password_hash = password_hash;
  return *found;
}

// An account of the server's own making must not fail because somebody else is called so already.
std::string sqlite_store::free_alias(const std::string& wanted) {
  auto alias = wanted;
  for (int n = 2; is_alias_taken(key_of(alias)); ++n)
    alias = wanted + "-" + std::to_string(n);
  return alias;
}

// --- opening ---

std::unique_ptr<store> open_sqlite(const config::sqlite_database& where, const reporter& report) {
  const auto path = sqlite::resolved(where.path);
  std::shared_ptr<const sqlite::file_lock> lock;
  if (!sqlite::in_memory(path)) {
    lock = std::make_shared<const sqlite::file_lock>(path, sqlite::file_lock::missing::make);
    sqlite::create_private(path);
  }
  auto db = std::make_unique<database>(path, database::purpose::write);
  sqlite::schema_version(*db); // refuses what is not ours before anything in it changes
  db->make_durable();
  for (const auto& step : sqlite::migrate(*db))
    report("the database " + path + ": " + step);
  auto opened = std::make_unique<sqlite_store>(std::move(db), std::move(lock), database::purpose::write);
  opened->open_readers(readers_opened);
  return opened;
}

std::vector<std::string> dry_run_sqlite(const config::sqlite_database& where) {
  const auto path = sqlite::resolved(where.path);
  if (sqlite::in_memory(path) || !std::filesystem::exists(path)) {
    const auto folder = std::filesystem::path(path).parent_path();
    if (!folder.empty() && !std::filesystem::is_directory(folder))
      throw store_error(store_error::kind::setup, "cannot make the database " + path + ": its folder does not exist");
    auto steps = sqlite::steps_after(0);
    steps.insert(steps.begin(), "make the database " + path);
    return steps;
  }
  const sqlite::file_lock lock(path, sqlite::file_lock::missing::ignore);
  database db(path, database::purpose::read);
  return sqlite::steps_after(sqlite::schema_version(db));
}

} // namespace salond::persistence
