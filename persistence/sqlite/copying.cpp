#include "persistence/sqlite/copying.hpp"
#include <chrono>
#include <filesystem>
#include <sqlite3.h>
#include <thread>

namespace salond::persistence::sqlite {

/// The pages of one database on their way into another one. What the writer changes between two steps, SQLite changes
/// in the copy as well, since both are done on one connection. It begins anew only where the writer undoes a
/// transaction that was too large for its cache.
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

// 1 MiB: one to three milliseconds, for which a post may wait.
constexpr int pages_at_once = 256;
// That stays free on the disk, in bytes.
constexpr uintmax_t reserve = 64 << 20;

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

// The copy has the size of the database: a disk that it filled would take no posts either.
void look_for_room(const std::string& database_path) {
  namespace fs = std::filesystem;
  std::error_code no_size, no_space;
  const auto folder = fs::path(database_path).parent_path();
  const auto needed = fs::file_size(database_path, no_size) + reserve;
  const auto space = fs::space(folder.empty() ? "." : folder, no_space);
  if (!no_size && !no_space && space.available < needed)
    throw store_error(store_error::kind::unavailable, "a copy of the database needs " + std::to_string(needed >> 20)
                                                          + " MiB in the folder of " + database_path + ", where "
                                                          + std::to_string(space.available >> 20)
                                                          + " MiB are free: make room");
}

void copy_pages(written_database& from, database& into, const copy_progress& copying) {
  page_copy pages(from, into);
  while (pages.step(pages_at_once)) {
    copying(pages.share());
    std::this_thread::sleep_for(3 * pages.last_step()); // for the writer, who may wait, and for the disk
  }
}

} // namespace

std::unique_ptr<database> copy_of(written_database& from, const copy_progress& copying) {
  look_for_room(path_of(from));
  auto into = std::make_unique<database>("", database::purpose::write); // SQLite's own temporary file, without a name
  into->started();
  into->execute("PRAGMA journal_mode=OFF"); // nobody goes on with half a copy
  copy_pages(from, *into, copying);
  into->execute("PRAGMA query_only=ON");
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
