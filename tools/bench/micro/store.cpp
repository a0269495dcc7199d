// Groups of messages into a table that already holds half a million, beside a bare loop over the same statements.
#include "config/config.hpp"
#include "persistence/open.hpp"
#include <benchmark/benchmark.h>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <sqlite3.h>
#include <stdexcept>

namespace {

using namespace salond;

constexpr int64_t rows_before = 500'000;
const std::string text(100, 'a');

struct closer {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using handle = std::unique_ptr<sqlite3, closer>;
using statement = std::unique_ptr<sqlite3_stmt, closer>;

void run(const handle& db, const std::string& sql) {
  if (sqlite3_exec(db.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
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

/// A database of salond's with one author and its messages; gone at the end of the program.
class filled_database {
public:
  filled_database() {
    auto folder = (std::filesystem::temp_directory_path() / "salond-microXXXXXX").string();
    if (!::mkdtemp(folder.data()))
      throw std::runtime_error("cannot make " + folder);
    folder_ = folder;
    const auto db = open();
    db->transact([&] { author = db->register_user({"u0", "u0", "", role::user})->user.id; });
    salon = db->salons().front().id;
    run(open_bare(path()),
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(rows_before)
            + ") INSERT INTO messages(client_id, salon_id, seq, contenu, created_ms) SELECT "
            + std::to_string(author.value) + ", " + std::to_string(salon.value) + ", i, '" + text + "', i FROM n");
  }
  filled_database(const filled_database&) = delete;
  filled_database& operator=(const filled_database&) = delete;
  ~filled_database() { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ / "db"; }
  std::unique_ptr<persistence::store> open() const { return persistence::open({config::sqlite_database{path()}}); }

  user_id author;
  salon_id salon;
  int64_t last_seq = rows_before;

private:
  std::filesystem::path folder_;
};

filled_database& database() {
  static filled_database filled;
  return filled;
}

void groups_through_the_store(benchmark::State& state) {
  auto& filled = database();
  const auto db = filled.open();
  for (auto _ : state)
    db->transact([&] {
      for (int64_t i = 0; i < state.range(0); ++i)
        (void)db->append({filled.salon, filled.author, ++filled.last_seq, text, from_ms(1)});
    });
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(groups_through_the_store)->Arg(1)->Arg(10)->Arg(100)->Arg(256)->UseRealTime()->Unit(benchmark::kMicrosecond);

void groups_in_a_bare_loop(benchmark::State& state) {
  auto& filled = database();
  const auto db = open_bare(filled.path());
  sqlite3_stmt* prepared = nullptr;
  sqlite3_prepare_v2(db.get(),
                     "INSERT INTO messages(client_id, salon_id, seq, contenu, created_ms) VALUES (?, ?, ?, ?, 1)", -1,
                     &prepared, nullptr);
  const statement insert{prepared};
  for (auto _ : state) {
    run(db, "BEGIN IMMEDIATE");
    for (int64_t i = 0; i < state.range(0); ++i) {
      sqlite3_bind_int64(prepared, 1, filled.author.value);
      sqlite3_bind_int64(prepared, 2, filled.salon.value);
      sqlite3_bind_int64(prepared, 3, ++filled.last_seq);
      sqlite3_bind_text(prepared, 4, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
      if (sqlite3_step(prepared) != SQLITE_DONE)
        throw std::runtime_error(sqlite3_errmsg(db.get()));
      sqlite3_reset(prepared);
    }
    run(db, "COMMIT");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(groups_in_a_bare_loop)->Arg(1)->Arg(10)->Arg(100)->Arg(256)->UseRealTime()->Unit(benchmark::kMicrosecond);

void history_of_50(benchmark::State& state) {
  auto& filled = database();
  const auto db = filled.open();
  for (auto _ : state)
    db->read([&] { benchmark::DoNotOptimize(db->history(filled.salon, filled.last_seq + 1, 50)); });
}
BENCHMARK(history_of_50)->UseRealTime()->Unit(benchmark::kMicrosecond);

} // namespace
