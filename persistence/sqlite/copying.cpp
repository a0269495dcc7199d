#include "persistence/sqlite/copying.hpp"
#include "persistence/sqlite/files.hpp"
#include <chrono>
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

std::string copy_path(const std::string& database_path) {
  return database_path + "-copy";
}

/// The copy's file, as long as it has a name.
class copy_file {
public:
  explicit copy_file(std::string database_path) : database_path_(std::move(database_path)) {
    remove_copy(database_path_);
    create_private(path());
  }
  copy_file(const copy_file&) = delete;
  copy_file& operator=(const copy_file&) = delete;
  ~copy_file() { remove_copy(database_path_); }

  std::string path() const { return copy_path(database_path_); }

private:
  const std::string database_path_;
};

void copy_pages(written_database& from, database& into, const copy_progress& copying) {
  page_copy pages(from, into);
  while (pages.step(pages_at_once)) {
    copying(pages.share());
    std::this_thread::sleep_for(pages.last_step()); // as long for the writer, who may wait
  }
}

} // namespace

void remove_copy(const std::string& database_path) {
  ::unlink(copy_path(database_path).c_str());
  ::unlink((copy_path(database_path) + "-wal").c_str());
}

std::unique_ptr<database> copy_of(written_database& from, const copy_progress& copying) {
  const copy_file file(path_of(from));
  auto into = std::make_unique<database>(file.path(), database::purpose::write);
  into->started();
  into->execute("PRAGMA journal_mode=OFF;" // nobody goes on with half a copy
                "PRAGMA synchronous=OFF;PRAGMA locking_mode=EXCLUSIVE");
  copy_pages(from, *into, copying);
  into->ask("SELECT count(*) FROM sqlite_schema").next(); // so that it sees that its pages come from one with a log
  into->execute("PRAGMA journal_mode=MEMORY;"             // and needs none itself
                "PRAGMA query_only=ON");
  return into;
}

// --- page_copy ---

page_copy::page_copy(written_database& from, database& into) : from_(from), into_(into) {
  std::lock_guard turn(from_.turn);
  copying_ = sqlite3_backup_init(into_.handle_.get(), "main", open_in(from_).handle_.get(), "main");
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
