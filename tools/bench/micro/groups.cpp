#include "tools/bench/micro/groups.hpp"
#include "persistence/contracts/messages.hpp"
#include "persistence/contracts/salons.hpp"
#include "persistence/decisions/registrations.hpp"
#include "persistence/open.hpp"
#include "tools/bench/database_at.hpp"
#include "tools/bench/histogram.hpp"
#include <atomic>
#include <limits>
#include <stdexcept>
#include <thread>

namespace salond::bench {
namespace {

constexpr int64_t rows_before = 500'000, fill_group = 10'000, busy_group = 256;
constexpr size_t page = 50;
constexpr int64_t newest = std::numeric_limits<int64_t>::max();

void store_group(persistence::store& db, filled_database& into, int64_t rows) {
  static const std::string text(text_bytes, 'a');
  db.transact([&](const persistence::writing& in) {
    for (int64_t i = 0; i < rows; ++i)
      if (!in.messages.append({into.salon, into.author, ++into.last_seq, text, from_ms(1)}))
        throw std::runtime_error("a row was refused");
  });
}

void look(persistence::store& db, salon_id salon) {
  db.read([&](const persistence::reading& in) { benchmark::DoNotOptimize(in.messages.history(salon, newest, page)); });
}

template <class Work>
void record(histogram& into, Work work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  into.record(std::chrono::steady_clock::now() - begin);
}

} // namespace

filled_database::filled_database(std::string address) : address_(std::move(address)) {
  const auto db = open();
  db->transact([&](const persistence::writing& in) {
    author = persistence::decisions::register_user(in, {"u0", "u0", "", role::user})->user.id;
    salon = in.salons.all().front().id;
  });
  while (last_seq < rows_before)
    store_group(*db, *this, fill_group);
}

std::unique_ptr<persistence::store> filled_database::open() const {
  return persistence::open({database_at(address_)});
}

void compare_groups(benchmark::State& state, filled_database& into, const group& same_statements,
                    const group& one_statement) {
  const auto db = into.open();
  const auto rows = state.range(0);
  histogram through_store, same, single;
  for (auto _ : state) {
    record(through_store, [&] { store_group(*db, into, rows); });
    record(same, [&] { same_statements(rows); });
    record(single, [&] { one_statement(rows); });
  }
  const auto took_ms = through_store.quantile_ms(0.5);
  state.counters["rows_a_second"] = static_cast<double>(rows) / took_ms * 1000;
  state.counters["to_same_statements"] = same.quantile_ms(0.5) / took_ms;
  state.counters["to_one_statement"] = single.quantile_ms(0.5) / took_ms;
}

void read_history(benchmark::State& state, filled_database& of) {
  const auto db = of.open();
  for (auto _ : state)
    look(*db, of.salon);
}

void read_history_beside_groups(benchmark::State& state, filled_database& of) {
  const auto db = of.open(), reader = db->reader();
  histogram groups, reads;
  std::atomic<bool> over{false};
  std::thread writer{[&] {
    while (!over)
      record(groups, [&] { store_group(*db, of, busy_group); });
  }};
  for (auto _ : state)
    record(reads, [&] { look(*reader, of.salon); });
  over = true;
  writer.join();
  const auto group_ms = groups.quantile_ms(0.5), p99_ms = reads.quantile_ms(0.99);
  state.counters["group_us"] = group_ms * 1000;
  state.counters["p99_us"] = p99_ms * 1000;
  state.counters["p99_in_groups"] = p99_ms / group_ms;
}

} // namespace salond::bench
