// The text of a backup: lines of JSON. docs/operations/backup.md has the format; only user of libsodium here, for
// the sum. Knows no database and no file: it is given lines, and gives lines.
#pragma once
#include "persistence/backup/tables.hpp"
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>

namespace salond::persistence {

/// A backup that cannot be written, a file that is no backup, or a damaged one: a sentence for people.
class backup_error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// SHA-256 of what it is given, piece by piece.
class running_sum {
public:
  running_sum();
  ~running_sum();
  void add(std::string_view bytes);
  /// In lower-case hexadecimal digits. REQUIRES: called once, last.
  std::string end();

private:
  struct state;
  std::unique_ptr<state> state_;
};

/// What a backup says of itself.
struct backup_facts {
  std::string version;            ///< of the salond that wrote it
  int64_t schema = stored_schema; ///< which that one had
  int64_t made_ms = 0;
  std::vector<int64_t> next_numbers; ///< of each of stored_tables(); 0 where a table does not count
  std::vector<uint64_t> rows;        ///< of each
  uint64_t all_rows() const;
};

/// Spells a backup. Calls in this order: each table of stored_tables() with its rows behind it, then end().
class backup_writer {
public:
  using taker = std::function<void(const std::string& line)>;

  backup_writer(taker to, const std::string& version, int64_t made_ms);
  void table(int64_t next_number);
  void row(const table_row& row);
  void end();
  const backup_facts& facts() const { return facts_; }

private:
  void line(std::string text);

  taker to_;
  backup_facts facts_;
  running_sum sum_;
};

/// Reads a backup: `next_line` gives the next line with its line end, false where there is none; `take` is given each
/// row as it comes, before the sum is known to be right, with all columns of this schema. Throws backup_error for
/// anything but a whole backup of this format and of a schema from oldest_restored_schema to stored_schema, exactly as
/// it was written.
backup_facts read_backup(const std::function<bool(std::string& line)>& next_line,
                         const std::function<void(const stored_table& of, table_row&& row)>& take);

/// When a backup was made that has this first line; nothing where no backup has it.
std::optional<int64_t> made_ms_in(const std::string& first_line);

/// Whether a file that ends with this line may be a whole backup: one that is cut off has no such line.
bool is_last_line(std::string_view line);

} // namespace salond::persistence
