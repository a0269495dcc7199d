// Groups of messages into a database that already holds half a million, and history beside them: alike for each
// database. The bare drivers stand in sqlite.cpp and mariadb.cpp.
#pragma once
#include "persistence/store.hpp"
#include "protocol/words/ids.hpp"
#include <benchmark/benchmark.h>
#include <functional>
#include <memory>
#include <string>

namespace salond::bench {

/// Of each message, in bytes.
constexpr size_t text_bytes = 100;

/// A database of salond's with one author, one salon and 500,000 messages.
class filled_database {
public:
  /// At an address as salond takes it; fills it.
  explicit filled_database(std::string address);
  std::unique_ptr<persistence::store> open() const;

  user_id author;
  salon_id salon;
  int64_t last_seq = 0; ///< whoever adds rows counts on

private:
  std::string address_;
};

/// Stores so many rows in one transaction, counting filled_database::last_seq on.
using group = std::function<void(int64_t rows)>;

/// In turns, since machines are faster in some minutes than in others: a group through the store, one of the same
/// statements by the bare driver, and the same rows in one bare statement that is its own transaction. The benchmark's
/// argument says how many rows. Counters tell the store's rows a second, and its rate to that of the two others, by
/// medians.
void compare_groups(benchmark::State& state, filled_database& into, const group& same_statements,
                    const group& one_statement);

/// The newest 50 messages, where nothing else is at work.
void read_history(benchmark::State& state, filled_database& of);

/// The same while another thread stores one group of 256 after the other: counters tell the group's median and the
/// reads' 99th percentile in microseconds, and the latter in group times.
void read_history_beside_groups(benchmark::State& state, filled_database& of);

/// By the wall's clock: processes of others and disks have their part.
inline void by_the_wall(benchmark::internal::Benchmark* benchmark) {
  benchmark->UseRealTime()->Unit(benchmark::kMicrosecond);
}
inline void group_sizes(benchmark::internal::Benchmark* benchmark) {
  by_the_wall(benchmark);
  for (const auto rows : {1, 10, 100, 256})
    benchmark->Arg(rows);
}

} // namespace salond::bench
