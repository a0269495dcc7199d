// What a backup of a large database costs, beside posts: rows a second, how long a post waits, how large SQLite's log
// gets; and what checking and restoring it costs. Of each also how much memory it takes.
// salond-bench-backups [MESSAGES] [sqlite|mariadb] [POSTS A SECOND]
#include "persistence/backup/backup.hpp"
#include "tools/bench/database_at.hpp"
#include "tools/bench/histogram.hpp"
#include "tools/bench/large_salon.hpp"
#include "tools/bench/private_mariadb.hpp"
#include "tools/bench/work_folder.hpp"
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

namespace {

using namespace salond;
using timer = std::chrono::steady_clock;

double seconds_since(timer::time_point begun) {
  return std::chrono::duration<double>(timer::now() - begun).count();
}

/// Of what the process holds now, in MiB.
double memory() {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.rfind("VmRSS:", 0) == 0)
      return std::atof(line.c_str() + 6) / 1024;
  return 0;
}

/// Posts in groups of a hundredth of a second's, until it goes.
class posts {
public:
  posts(bench::large_salon& to, int64_t a_second, std::string log) : log_(std::move(log)) {
    thread_ = std::thread{[this, &to, a_second] {
      const auto begun = timer::now();
      for (int64_t group = 1; a_second > 0 && !over_; ++group) {
        const auto due = begun + group * std::chrono::milliseconds{10};
        std::this_thread::sleep_until(due);
        to.append(a_second / 100);
        took_.record(timer::now() - due);
        std::error_code none;
        const auto size = std::filesystem::file_size(log_, none);
        log_size_ = std::max(log_size_, none ? 0 : size);
      }
    }};
  }
  ~posts() {
    over_ = true;
    thread_.join();
    std::printf("  %lu groups of posts beside it: p50 %.1f ms, p99 %.1f, longest %.1f; SQLite's log at most %.1f MiB\n",
                static_cast<unsigned long>(took_.count()), took_.quantile_ms(0.5), took_.quantile_ms(0.99),
                took_.max_ms(), static_cast<double>(log_size_) / (1 << 20));
  }

private:
  const std::string log_;
  bench::histogram took_;
  uintmax_t log_size_ = 0;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

void tell(const char* work, uint64_t rows, timer::time_point begun, double memory_before) {
  const auto took = seconds_since(begun);
  std::printf("%s: %.1f s, %.0f rows a second; %.0f MiB more memory than before\n", work, took,
              static_cast<double>(rows) / took, memory() - memory_before);
  std::fflush(stdout);
}

persistence::backup_facts back_up(persistence::store& from, const std::string& folder) {
  persistence::backup_facts facts;
  const auto before = memory();
  const auto begun = timer::now();
  double copied = 0;
  from.long_snapshot(
      [&](const persistence::reading& db) {
        copied = seconds_since(begun);
        persistence::new_backup file(folder, "backup");
        facts = persistence::write_backup(
            db, [&](const std::string& line) { file.write(line); }, "bench", from_ms(1), [](uint64_t) {});
        file.keep();
      },
      [](double) {});
  std::printf("copied for %.1f s\n", copied);
  tell("backup", facts.all_rows(), begun, before);
  return facts;
}

void restore(const std::string& path, const std::string& address) {
  auto before = memory();
  auto begun = timer::now();
  const auto facts = persistence::check_backup(path);
  tell("check", facts.all_rows(), begun, before);
  const auto into = persistence::open_empty({bench::database_at(address)});
  before = memory();
  begun = timer::now();
  persistence::load_backup(*into, path, facts, [](uint64_t) {});
  tell("load", facts.all_rows(), begun, before);
}

void run(int64_t messages, const std::string& address, const std::string& second, int64_t posts_a_second) {
  const auto where = bench::database_at(address);
  const auto db = persistence::open({where});
  const auto reader = db->reader();
  bench::large_salon in(*db);
  in.fill(messages);
  std::printf("%lld messages in %s\n", static_cast<long long>(messages), db->describe().c_str());
  bench::work_folder folder;
  const auto* file = std::get_if<config::sqlite_database>(&where);
  {
    const posts beside(in, posts_a_second, file ? file->path + "-wal" : "");
    back_up(*reader, folder.file("backups"));
  }
  restore(folder.file("backups/backup"), second);
}

} // namespace

int main(int argc, char** argv) {
  const int64_t messages = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
  const int64_t posts_a_second = argc > 3 ? std::atoll(argv[3]) : 2000;
  try {
    if (argc > 2 && std::strcmp(argv[2], "mariadb") == 0) {
      bench::private_mariadb server{std::nullopt};
      run(messages, server.make("first"), server.make("second"), posts_a_second);
    } else {
      bench::work_folder folder;
      run(messages, "sqlite:" + folder.file("db"), "sqlite:" + folder.file("second"), posts_a_second);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
