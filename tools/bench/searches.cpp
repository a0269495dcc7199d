// What searches cost in a large salon, without the index and with it, and what building it costs.
// salond-bench-searches [MESSAGES] [sqlite|mariadb]
#include "persistence/contracts/messages.hpp"
#include "persistence/contracts/search_index.hpp"
#include "tools/bench/database_at.hpp"
#include "tools/bench/histogram.hpp"
#include "tools/bench/large_salon.hpp"
#include "tools/bench/private_mariadb.hpp"
#include "tools/bench/work_folder.hpp"
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace {

using namespace salond;
using bench::large_salon;
using persistence::search_index_store;
using timer = std::chrono::steady_clock;

constexpr int64_t builder = 1;
constexpr size_t wanted = 50;

template <class Work>
std::chrono::nanoseconds time_of(Work work) {
  const auto begun = timer::now();
  work();
  return timer::now() - begun;
}

/// As a client's: question after question, until enough is found or all is searched.
void search(persistence::store& reader, salon_id salon, const std::string& text, bench::histogram& all,
            bench::histogram& questions, size_t& looked_at) {
  all.record(time_of([&] {
    size_t found = 0;
    for (auto before = std::numeric_limits<int64_t>::max(); before != 0 && found < wanted;)
      questions.record(time_of([&] {
        reader.read([&](const persistence::reading& db) {
          const auto part = db.messages.look_through(salon, text, before, wanted - found);
          before = part.before;
          found += part.found.size();
          looked_at += part.looked_at;
        });
      }));
  }));
}

void search_all(persistence::store& reader, large_salon& in, const char* when, int64_t count) {
  for (const std::string kind : {"rare", "frequent", "absent"}) {
    bench::histogram all, questions;
    size_t looked_at = 0;
    for (int64_t n = 0; n < count; ++n)
      search(reader, in.salon,
             kind == "rare"       ? large_salon::rare(n % std::max<int64_t>(1, in.last_seq / 100'000))
             : kind == "frequent" ? in.said.word(static_cast<size_t>(n % 20))
                                  : in.said.absent(),
             all, questions, looked_at);
    std::printf("%s, %s word: p50 %.1f ms, p99 %.1f ms; %.1f questions, the longest %.1f ms; %.0f looked at\n", when,
                kind.c_str(), all.quantile_ms(0.5), all.quantile_ms(0.99),
                static_cast<double>(questions.count()) / static_cast<double>(count), questions.max_ms(),
                static_cast<double>(looked_at) / static_cast<double>(count));
    std::fflush(stdout);
  }
}

/// As the indexer does, without its pauses.
void build(persistence::store& db, persistence::store& reader, salon_id salon) {
  bench::histogram writes, reads;
  const auto write = [&](const persistence::write_work& work) { writes.record(time_of([&] { db.transact(work); })); };
  const auto read = [&](const persistence::read_work& work) { reads.record(time_of([&] { reader.read(work); })); };
  size_t lists_written = 0, bytes = 0;
  const auto begun = timer::now();
  for (;;) {
    std::optional<persistence::message_span> part;
    read([&](const persistence::reading& in) { part = in.search_index.next_part(salon); });
    if (!part)
      break;
    write([&](const persistence::writing& in) { in.search_index.begin(*part, builder); });
    persistence::gram_lists gathered(part->first);
    size_t messages = 0;
    persistence::gram_page page;
    page.next = part->first;
    do {
      read([&](const persistence::reading& in) { page = in.search_index.texts(*part, page.next); });
      for (const auto& message : page.messages)
        gathered.add(message);
      messages += page.messages.size();
    } while (page.next != 0);
    const auto lists = gathered.take();
    lists_written += lists.size();
    for (size_t from = 0; from < lists.size(); from += search_index_store::step_lists) {
      const auto to = std::min(lists.size(), from + search_index_store::step_lists);
      const std::vector<persistence::gram_list> some(lists.begin() + static_cast<std::ptrdiff_t>(from),
                                                     lists.begin() + static_cast<std::ptrdiff_t>(to));
      for (const auto& list : some)
        bytes += list.messages.size();
      write([&](const persistence::writing& in) { in.search_index.put(*part, builder, some); });
    }
    write([&](const persistence::writing& in) { in.search_index.finish(*part, builder, messages); });
  }
  const auto took = std::chrono::duration<double>(timer::now() - begun).count();
  std::printf("built in %.1f s: %zu lists of %.1f MB in all; transactions: %lu, p50 %.1f ms, the longest %.1f ms;"
              " reads: %lu, p50 %.1f ms, the longest %.1f ms\n",
              took, lists_written, static_cast<double>(bytes) / 1e6, static_cast<unsigned long>(writes.count()),
              writes.quantile_ms(0.5), writes.max_ms(), static_cast<unsigned long>(reads.count()),
              reads.quantile_ms(0.5), reads.max_ms());
  std::fflush(stdout);
}

void run(int64_t messages, const std::string& address) {
  const auto db = persistence::open({bench::database_at(address)});
  const auto reader = db->reader();
  large_salon in(*db);
  const auto filling = std::chrono::duration<double>(time_of([&] { in.fill(messages); })).count();
  std::printf("%lld messages in %s; filled in %.1f s\n", static_cast<long long>(messages), db->describe().c_str(),
              filling);
  search_all(*reader, in, "without the index", messages > 2'000'000 ? 1 : 3);
  build(*db, *reader, in.salon);
  search_all(*reader, in, "with the index", 300);
}

} // namespace

int main(int argc, char** argv) {
  const int64_t messages = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
  try {
    if (argc > 2 && std::strcmp(argv[2], "mariadb") == 0) {
      bench::private_mariadb server{std::nullopt, "4G"}; // of a database that is searched, as its operator would
      run(messages, server.make("searches"));
    } else {
      bench::work_folder folder;
      run(messages, "sqlite:" + folder.file("db"));
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
