#include "persistence/sqlite/copying.hpp"
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sqlite3.h>
#include <thread>
#include <unistd.h>

namespace salond::persistence::sqlite {

/// The pages of one database on their way into another one. What the writer changes between two steps, SQLite changes
/// in the copy as well, since both are done on one connection: so it never begins anew.
class page_copy {
public:
  page_copy(written_database& from, database& into);
  page_copy(const page_copy&) = delete;
  page_copy& operator=(const page_copy&) = delete;
  ~page_copy();

  /// False when all are there.
  bool step(int pages);
  /// How much is there, from 0 to 1.
  double share() const;
  std::chrono::steady_clock::duration last_step() const { return last_step_; }

private:
  written_database& from_;
  database& into_;
  sqlite3_backup* copying_ = nullptr;
  std::chrono::steady_clock::duration last_step_{};
};

namespace {

// 1 MiB: about a millisecond, for which a post may wait.
constexpr int pages_at_once = 256;

/// REQUIRES: its turn is held.
database& open_in(written_database& from) {
  if (!from.db)
    throw store_error(store_error::kind::unavailable, "the database is closed");
  return *from.db;
}

std::string path_of(written_database& from) {
  std::lock_guard turn(from.turn);
  return open_in(from).path();
}

/// A new, empty file beside the database, which only its owner can read, and its log. Their names were nobody's, and
/// are taken away when they are open: so a process that is killed leaves nothing, and no file of anybody's is touched.
class copy_file {
public:
  explicit copy_file(const std::string& database_path) : path_(database_path + "-copy-XXXXXX") {
    const int descriptor = ::mkostemp(path_.data(), O_CLOEXEC);
    if (descriptor < 0)
      throw store_error(store_error::kind::unavailable,
                        "cannot copy the database to " + path_ + ": " + std::strerror(errno));
    ::close(descriptor);
  }
  copy_file(const copy_file&) = delete;
  copy_file& operator=(const copy_file&) = delete;
  ~copy_file() {
    ::unlink(path_.c_str());
    ::unlink((path_ + "-wal").c_str());
  }

  const std::string& path() const { return path_; }

private:
  std::string path_;
};

std::unique_ptr<database> new_copy(const std::string& database_path) {
  const copy_file file(database_path);
  auto result = std::make_unique<database>(file.path(), database::purpose::write);
  result->started();
  // With a log, since a copy of a database with one has one: SQLite opens it by its name as late as it can, which is at
  // the first write. All pages stay there.
  result->execute("PRAGMA locking_mode=EXCLUSIVE;PRAGMA synchronous=OFF;PRAGMA wal_autocheckpoint=0;"
                  "PRAGMA journal_mode=WAL;PRAGMA user_version=1");
  return result;
}

void copy_pages(written_database& from, database& into, const copy_progress& copying) {
  page_copy pages(from, into);
  while (pages.step(pages_at_once)) {
    copying(pages.share());
    std::this_thread::sleep_for(pages.last_step()); // as long for the writer, who may wait
  }
}

} // namespace

std::unique_ptr<database> copy_of(written_database& from, const copy_progress& copying) {
  auto into = new_copy(path_of(from));
  copy_pages(from, *into, copying);
  into->execute("PRAGMA query_only=ON");
  return into;
}

// --- page_copy ---

page_copy::page_copy(written_database& from, database& into) : from_(from), into_(into) {
  std::lock_guard turn(from_.turn);
  copying_ = sqlite3_backup_init(into_.handle_.get(), "main", open_in(from_).handle_.get(), "main");
  sqlite3_db_config(into_.handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr); // to write it all once more
  if (!copying_)
    into_.fail(sqlite3_errcode(into_.handle_.get()));
}

page_copy::~page_copy() {
  std::lock_guard turn(from_.turn);
  sqlite3_backup_finish(copying_);
}

bool page_copy::step(int pages) {
  std::lock_guard turn(from_.turn);
  const auto begun = std::chrono::steady_clock::now();
  const int code = sqlite3_backup_step(copying_, pages);
  last_step_ = std::chrono::steady_clock::now() - begun;
  if (code != SQLITE_OK && code != SQLITE_DONE)
    into_.fail(code);
  return code == SQLITE_OK;
}

double page_copy::share() const {
  const int all = sqlite3_backup_pagecount(copying_);
  return all > 0 ? 1.0 - static_cast<double>(sqlite3_backup_remaining(copying_)) / all : 0;
}

} // namespace salond::persistence::sqlite
