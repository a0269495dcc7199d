#include "persistence/backup/backup.hpp"
#include "persistence/contracts/rows.hpp"
#include "persistence/mysql/open.hpp"
#include "persistence/sqlite/open.hpp"

namespace salond::persistence {
namespace {

constexpr size_t rows_at_once = 500;

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

/// Gathers rows of one table, so that a database can take many at once.
class gatherer {
public:
  gatherer(row_store& into, const row_progress& progress) : into_(into), progress_(progress) {}

  void take(const stored_table& of, table_row&& row) {
    if (table_ != &of || rows_.size() == rows_at_once)
      flush();
    table_ = &of;
    rows_.push_back(std::move(row));
  }
  void flush() {
    if (!rows_.empty())
      into_.put(*table_, rows_);
    done_ += rows_.size();
    rows_.clear();
    progress_(done_);
  }

private:
  row_store& into_;
  const row_progress& progress_;
  const stored_table* table_ = nullptr;
  std::vector<table_row> rows_;
  uint64_t done_ = 0;
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
    gatherer rows(db.rows, progress);
    lines_of_file lines(path);
    read_backup([&](std::string& line) { return lines.next(line); },
                [&](const stored_table& of, table_row&& row) { rows.take(of, std::move(row)); });
    rows.flush();
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
