#include "tools/bench/micro/groups.hpp"
#include "config/load.hpp"
#include "persistence/open.hpp"
#include <algorithm>
#include <atomic>
#include <limits>
#include <stdexcept>
#include <thread>
#include <vector>

namespace salond::bench {
namespace {

constexpr int64_t rows_before = 500'000, fill_group = 10'000, busy_group = 256;
constexpr size_t page = 50;
constexpr int64_t newest = std::numeric_limits<int64_t>::max();

void store_group(persistence::store& db, filled_database& into, int64_t rows) {
  static const std::string text(text_bytes, 'a');
  db.transact([&] {
    for (int64_t i = 0; i < rows; ++i)
      if (!db.append({into.salon, into.author, ++into.last_seq, text, from_ms(1)}))
        throw std::runtime_error("a row was refused");
  });
}

template <class Work>
double microseconds_of(Work work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count();
}

double percentile(std::vector<double>& of, size_t which) {
  if (of.empty())
    return 0;
  const auto at = of.begin() + static_cast<std::ptrdiff_t>((of.size() - 1) * which / 100);
  std::nth_element(of.begin(), at, of.end());
  return *at;
}

} // namespace

filled_database::filled_database(std::string address) : address_(std::move(address)) {
  const auto db = open();
  db->transact([&] { author = db->register_user({"u0", "u0", "", role::user})->user.id; });
  salon = db->salons().front().id;
  while (last_seq < rows_before)
    store_group(*db, *this, fill_group);
}

std::unique_ptr<persistence::store> filled_database::open() const {
  std::string why;
  const auto where = config::parse_database(address_, why);
  if (!where)
    throw std::runtime_error(why);
  return persistence::open({*where});
}

void compare_groups(benchmark::State& state, filled_database& into, const group& same_statements,
                    const group& one_statement) {
  const auto db = into.open();
  const auto rows = state.range(0);
  std::vector<double> through_store, same, one;
  for (auto _ : state) {
    through_store.push_back(microseconds_of([&] { store_group(*db, into, rows); }));
    same.push_back(microseconds_of([&] { same_statements(rows); }));
    one.push_back(microseconds_of([&] { one_statement(rows); }));
  }
  const auto took = percentile(through_store, 50);
  state.counters["rows_a_second"] = static_cast<double>(rows) / took * 1e6;
  state.counters["to_same_statements"] = percentile(same, 50) / took;
  state.counters["to_one_statement"] = percentile(one, 50) / took;
}

void read_history(benchmark::State& state, filled_database& of) {
  const auto db = of.open();
  for (auto _ : state)
    db->read([&] { benchmark::DoNotOptimize(db->history(of.salon, newest, page)); });
}

void read_history_beside_groups(benchmark::State& state, filled_database& of) {
  const auto db = of.open(), reader = db->reader();
  std::vector<double> groups, reads;
  std::atomic<bool> over{false};
  std::thread writer{[&] {
    while (!over)
      groups.push_back(microseconds_of([&] { store_group(*db, of, busy_group); }));
  }};
  for (auto _ : state)
    reads.push_back(microseconds_of(
        [&] { reader->read([&] { benchmark::DoNotOptimize(reader->history(of.salon, newest, page)); }); }));
  over = true;
  writer.join();
  state.counters["group_us"] = percentile(groups, 50);
  state.counters["p99_us"] = percentile(reads, 99);
  state.counters["p99_in_groups"] = percentile(reads, 99) / percentile(groups, 50);
}

} // namespace salond::bench
