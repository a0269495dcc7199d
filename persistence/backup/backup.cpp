#include "persistence/backup/backup.hpp"
#include "persistence/contracts/rows.hpp"
#include "persistence/mysql/open.hpp"
#include "persistence/sqlite/open.hpp"
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <utility>

namespace salond::persistence {
namespace {

constexpr size_t rows_at_once = 512; // as many as one statement takes

void write_table(const stored_table& table, const reading& from, backup_writer& writer, const row_progress& progress) {
  writer.table(table.counts ? from.rows.next_number(table) : 0);
  table_row last;
  for (;;) {
    const auto rows = from.rows.after(table, last, rows_at_once);
    for (const auto& row : rows)
      writer.row(row);
    progress(writer.facts().all_rows());
    if (rows.empty())
      return;
    last = rows.back();
  }
}

/// Rows of one table, so that a database can take many at once.
struct batch {
  const stored_table* of = nullptr;
  std::vector<table_row> rows;
};

/// From the thread that reads a file to the one that writes into a database. It holds few batches.
class batch_queue {
public:
  /// Waits for room. False: no more is wanted.
  bool push(batch&& next) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return over_ || waiting_.size() < max_waiting; });
    if (!over_)
      waiting_.push_back(std::move(next));
    changed_.notify_all();
    return !over_;
  }
  /// Waits for the next one. Nothing: there are no more.
  std::optional<batch> pop() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return over_ || !waiting_.empty(); });
    if (waiting_.empty())
      return std::nullopt;
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    changed_.notify_all();
    return next;
  }
  /// Nothing more comes, or nothing more is wanted.
  void end() {
    std::lock_guard lock{mutex_};
    over_ = true;
    changed_.notify_all();
  }

private:
  static constexpr size_t max_waiting = 4;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<batch> waiting_;
  bool over_ = false;
};

/// Reads a backup on a thread of its own, since that takes half as long as to write it into a database. What is wrong
/// with it, finish() throws.
class read_ahead {
public:
  explicit read_ahead(const std::string& path)
      : reader_(std::async(std::launch::async, [this, path] {
          try {
            read(path);
          } catch (...) {
            batches_.end();
            throw;
          }
          batches_.end();
        })) {}
  ~read_ahead() { batches_.end(); } // the thread ends with its next batch; `reader_` waits for it

  std::optional<batch> next() { return batches_.pop(); }
  void finish() { reader_.get(); }

private:
  struct not_wanted {};

  void read(const std::string& path) {
    lines_of_file lines(path);
    batch now;
    const auto push = [&] {
      if (!now.rows.empty() && !batches_.push(std::exchange(now, {})))
        throw not_wanted{};
    };
    read_backup([&](std::string& line) { return lines.next(line); },
                [&](const stored_table& of, table_row&& row) {
                  if (now.of != &of || now.rows.size() == rows_at_once)
                    push();
                  now.of = &of;
                  now.rows.push_back(std::move(row));
                });
    push();
  }

  batch_queue batches_;
  std::future<void> reader_;
};

} // namespace

backup_facts write_backup(const reading& from, const backup_writer::taker& to, const std::string& version, moment now,
                          const row_progress& progress) {
  backup_writer writer(to, version, to_ms(now));
  for (const auto& table : stored_tables())
    write_table(table, from, writer, progress);
  writer.end();
  return writer.facts();
}

backup_facts check_backup(const std::string& path, const row_progress& progress) {
  constexpr uint64_t rows_a_word = 500;
  lines_of_file lines(path);
  uint64_t rows = 0;
  return read_backup([&](std::string& line) { return lines.next(line); },
                     [&](const stored_table&, table_row&&) {
                       if (++rows % rows_a_word == 0 && progress)
                         progress(rows);
                     });
}

void load_backup(store& into, const std::string& path, const backup_facts& facts, const row_progress& progress) {
  // First, since MySQL cannot do it within a transaction. A database that stays empty counts on from there: no harm.
  for (size_t number = 0; number < stored_tables().size(); ++number)
    if (stored_tables()[number].counts)
      into.count_from(stored_tables()[number], facts.next_numbers.at(number));
  into.transact([&](const writing& db) {
    if (!is_untouched(db))
      throw store_error(store_error::kind::setup, "the database is not empty any more");
    db.rows.clear(table_named("salons"));
    read_ahead file(path);
    uint64_t done = 0;
    while (const auto next = file.next()) {
      db.rows.put(*next->of, next->rows);
      progress(done += next->rows.size());
    }
    file.finish();
  });
}

size_t rows_of_a_new_database(const stored_table& of) {
  return &of == &table_named("salons") ? 5 : 0;
}

bool is_untouched(const reading& db) {
  for (const auto& table : stored_tables()) {
    const auto allowed = rows_of_a_new_database(table);
    if (db.rows.after(table, {}, allowed + 1).size() > allowed)
      return false;
  }
  return true;
}

std::unique_ptr<store> open_empty(const open_options& options) {
  const auto* file = std::get_if<config::sqlite_database>(&options.where);
  if (!(file ? is_empty_sqlite(*file) : is_empty_mysql(std::get<config::mysql_database>(options.where), options)))
    throw store_error(store_error::kind::setup, "the database is not empty, and a backup is restored into an empty one "
                                                "alone; name another in --db. Nothing was changed");
  if (file)
    return open_sqlite(*file, options.report);
  mysql::tuning patient; // the commit of all the rows may take longer than any other
  patient.read_timeout = std::chrono::hours(1);
  return open_mysql(std::get<config::mysql_database>(options.where), options, patient);
}

} // namespace salond::persistence
