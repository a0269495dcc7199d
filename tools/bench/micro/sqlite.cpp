// SQLite: groups through the store, beside the library alone.
#include "tools/bench/micro/groups.hpp"
#include "tools/bench/work_folder.hpp"
#include <sqlite3.h>
#include <stdexcept>

namespace {

using namespace salond;

const std::string text(bench::text_bytes, 'a');

struct closer {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using handle = std::unique_ptr<sqlite3, closer>;
using statement = std::unique_ptr<sqlite3_stmt, closer>;

struct database {
  bench::work_folder folder;
  std::string path = folder.file("db");
  bench::filled_database filled{"sqlite:" + path};
};

database& the_database() {
  static database database;
  return database;
}

void run(const handle& db, const char* sql) {
  if (sqlite3_exec(db.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    throw std::runtime_error(sqlite3_errmsg(db.get()));
}

handle open_bare(const std::string& path) {
  sqlite3* opened = nullptr;
  if (sqlite3_open(path.c_str(), &opened) != SQLITE_OK)
    throw std::runtime_error("cannot open " + path);
  handle db{opened};
  run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON");
  return db;
}

statement prepare_insert(const handle& db, int64_t rows) {
  std::string sql = "INSERT INTO messages(client_id, salon_id, seq, contenu, created_ms) VALUES (?,?,?,?,1)";
  for (int64_t i = 1; i < rows; ++i)
    sql += ",(?,?,?,?,1)";
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(db.get(), sql.c_str(), -1, &prepared, nullptr) != SQLITE_OK)
    throw std::runtime_error(sqlite3_errmsg(db.get()));
  return statement{prepared};
}

void insert(const handle& db, const statement& prepared, int64_t rows, bench::filled_database& into) {
  int at = 0;
  for (int64_t i = 0; i < rows; ++i) {
    sqlite3_bind_int64(prepared.get(), ++at, into.author.value);
    sqlite3_bind_int64(prepared.get(), ++at, into.salon.value);
    sqlite3_bind_int64(prepared.get(), ++at, ++into.last_seq);
    sqlite3_bind_text(prepared.get(), ++at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  }
  if (sqlite3_step(prepared.get()) != SQLITE_DONE)
    throw std::runtime_error(sqlite3_errmsg(db.get()));
  sqlite3_reset(prepared.get());
}

void sqlite_groups(benchmark::State& state) {
  auto& into = the_database();
  const auto db = open_bare(into.path);
  const auto single = prepare_insert(db, 1), all = prepare_insert(db, state.range(0));
  bench::compare_groups(
      state, into.filled,
      [&](int64_t rows) {
        run(db, "BEGIN IMMEDIATE");
        for (int64_t i = 0; i < rows; ++i)
          insert(db, single, 1, into.filled);
        run(db, "COMMIT");
      },
      [&](int64_t rows) { insert(db, all, rows, into.filled); });
}

void sqlite_history(benchmark::State& state) {
  bench::read_history(state, the_database().filled);
}

void sqlite_history_beside_groups(benchmark::State& state) {
  bench::read_history_beside_groups(state, the_database().filled);
}

BENCHMARK(sqlite_groups)->Apply(bench::group_sizes);
BENCHMARK(sqlite_history)->Apply(bench::by_the_wall);
BENCHMARK(sqlite_history_beside_groups)->Apply(bench::by_the_wall);

} // namespace
