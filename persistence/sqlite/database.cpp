#include "persistence/sqlite/database.hpp"
#include "persistence/sqlite/errors.hpp"
#include "persistence/sqlite/files.hpp"
#include <cerrno>
#include <sqlite3.h>
#include <unistd.h>

namespace salond::persistence::sqlite {
namespace {

using kind = store_error::kind;

// SQLite's own default: measured against 250, 4,000 and 16,000 pages it is the best compromise of rate and stalls.
constexpr int checkpoint_pages = 1000;
// Only sqlite3 shells and backups can be in the way, and for moments only: the lock file keeps other servers out.
constexpr int busy_milliseconds = 2000;

bool lost_a_sync(int extended) {
  return extended == SQLITE_IOERR_FSYNC || extended == SQLITE_IOERR_DIR_FSYNC;
}

} // namespace

// --- query ---

query::query(database& db, sqlite3_stmt* prepared, texts lifetime, const parameter* values, size_t count)
    : db_(db), prepared_(prepared), lifetime_(lifetime) {
  for (size_t n = 0; n < count; ++n) {
    const int code = bind(static_cast<int>(n) + 1, values[n]);
    if (code == SQLITE_OK)
      continue;
    sqlite3_clear_bindings(prepared_); // no destructor will: the constructor is still at work
    db_.fail(code);
  }
}

query::~query() {
  sqlite3_reset(prepared_); // its code is the last step's, which was told already
  sqlite3_clear_bindings(prepared_);
}

bool query::next() {
  db_.refuse_if_undone();
  const int code = sqlite3_step(prepared_);
  if (code == SQLITE_ROW)
    return true;
  if (code != SQLITE_DONE)
    db_.fail(code);
  return false;
}

int64_t query::integer(int column) const {
  return sqlite3_column_int64(prepared_, column);
}

std::string query::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(prepared_, column));
  const auto size = static_cast<size_t>(sqlite3_column_bytes(prepared_, column));
  return bytes ? std::string(bytes, size) : std::string();
}

size_t query::bytes(int column) const {
  return static_cast<size_t>(sqlite3_column_bytes(prepared_, column));
}

bool query::is_null(int column) const {
  return sqlite3_column_type(prepared_, column) == SQLITE_NULL;
}

int query::bind(int place, const parameter& value) {
  if (const auto* number = std::get_if<int64_t>(&value))
    return sqlite3_bind_int64(prepared_, place, *number);
  if (std::holds_alternative<std::nullptr_t>(value))
    return sqlite3_bind_null(prepared_, place);
  const auto owner = lifetime_ == texts::copied ? SQLITE_TRANSIENT : SQLITE_STATIC;
  const auto* bytes = std::get_if<blob>(&value);
  const auto text = bytes ? bytes->bytes : std::get<std::string_view>(value);
  const char* data = text.data() ? text.data() : ""; // no bytes at all would be NULL
  if (bytes)
    return sqlite3_bind_blob64(prepared_, place, data, text.size(), owner);
  return sqlite3_bind_text64(prepared_, place, data, text.size(), owner, SQLITE_UTF8);
}

// --- database ---

void database::closer::operator()(sqlite3* handle) const {
  sqlite3_close_v2(handle);
}

void database::finalizer::operator()(sqlite3_stmt* prepared) const {
  sqlite3_finalize(prepared);
}

database::database(const std::string& path, purpose use) : path_(path) {
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (in_memory(path))
    flags |= SQLITE_OPEN_MEMORY;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  handle_.reset(handle); // there is one after a failure too
  if (code != SQLITE_OK)
    fail(code);
  if (sqlite3_db_readonly(handle, "main") == 1)
    fail(SQLITE_READONLY); // SQLite opens what it may only read without a word
  sqlite3_busy_timeout(handle, busy_milliseconds);
  execute("PRAGMA foreign_keys=ON;"    // off by default, for each connection
          "PRAGMA trusted_schema=OFF;" // nobody but us wrote the schema
          "PRAGMA cache_size=-4096;"); // KiB, of each connection
  if (use == purpose::read)
    execute("PRAGMA query_only=ON");
}

database::~database() = default;

void database::make_durable() {
  {
    auto mode = ask("PRAGMA journal_mode=WAL");
    const auto got = mode.next() ? mode.text(0) : "";
    if (got != "wal" && !in_memory(path_))
      throw store_error(kind::setup, "the database " + path_ + " cannot have a write-ahead log (it says '" + got
                                         + "'); keep it on a local disk");
  }
  execute("PRAGMA synchronous=FULL;"              // a commit that was answered survives a loss of power
          "PRAGMA journal_size_limit=16777216;"); // one burst does not leave a big file
  sqlite3_wal_hook(handle_.get(), &database::checkpoint_when_due, this);
}

bool database::has_moved() const {
  int moved = 0;
  if (sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0)
    return true;
  const auto* log = sqlite3_filename_wal(sqlite3_db_filename(handle_.get(), "main"));
  return ::access(log, F_OK) != 0 && errno == ENOENT;
}

// SQLite's own automatic checkpoint forgets its errors. A failed fsync must not be tried again: the second one succeeds
// though the pages are lost, and the log, which still has them, would be overwritten.
int database::checkpoint_when_due(void* self, sqlite3* handle, const char* name, int pages) {
  if (pages < checkpoint_pages)
    return SQLITE_OK;
  const int code = sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (lost_a_sync(code))
    static_cast<database*>(self)->sync_failed_ = true;
  return SQLITE_OK; // the commit itself is safe in the log
}

sqlite3_stmt* database::prepared(std::string_view sql) {
  const auto found = prepared_.find(sql);
  if (found != prepared_.end())
    return found->second->prepared.get();
  sqlite3_stmt* made = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &made, nullptr);
  if (code != SQLITE_OK)
    fail(code);
  auto kept = std::make_unique<statement>();
  kept->text = sql;
  kept->prepared.reset(made);
  const std::string_view text = kept->text;
  prepared_.emplace(text, std::move(kept));
  return made;
}

int64_t database::run_with(std::string_view sql, const parameter* values, size_t count) {
  query(*this, prepared(sql), query::texts::borrowed, values, count).next();
  return changes();
}

void database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK)
    fail(code);
}

int64_t database::last_insert_id() const {
  return sqlite3_last_insert_rowid(handle_.get());
}

int64_t database::changes() const {
  return sqlite3_changes64(handle_.get());
}

void database::transact(transaction kind, const std::function<void()>& work) {
  if (sync_failed_)
    throw store_error(kind::fatal, "the disk did not take what the database " + path_ + " had written (fsync failed)");
  run(kind == transaction::writes ? "BEGIN IMMEDIATE" : "BEGIN");
  in_transaction_ = true;
  try {
    work();
    run("COMMIT");
  } catch (...) {
    roll_back();
    throw;
  }
  in_transaction_ = false;
}

void database::roll_back() {
  in_transaction_ = undone_ = false;
  if (sqlite3_get_autocommit(handle_.get()) == 0)
    sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  if (sqlite3_get_autocommit(handle_.get()) == 0)
    throw store_error(kind::fatal,
                      "the database " + path_ + " cannot undo a transaction: " + sqlite3_errmsg(handle_.get()));
}

void database::refuse_if_undone() const {
  if (undone_)
    throw store_error(kind::unavailable, "the database " + path_ + " has undone the transaction");
}

void database::checkpoint() noexcept {
  if (!sync_failed_)
    sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

void database::fail(int code) {
  // After a full disk and the like the transaction is gone already.
  if (in_transaction_ && sqlite3_get_autocommit(handle_.get()) != 0)
    undone_ = true;
  const auto& row = row_of(code);
  const auto kind = starting_ ? kind_at_start(row.cured_by) : kind_while_running(row.cured_by);
  const bool told = handle_ && sqlite3_extended_errcode(handle_.get()) == code;
  std::string why = told ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
  const auto which = path_.empty() ? "the temporary copy of the database" : "the database " + path_;
  throw store_error(kind, which + ": " + why + " [" + std::to_string(code) + "]" + behind(row));
}

} // namespace salond::persistence::sqlite
