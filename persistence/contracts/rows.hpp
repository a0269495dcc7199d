// Rows as they are, for backups and for what is kept about a user.
#pragma once
#include "persistence/fields.hpp"
#include <cstddef>

namespace salond::persistence {

class row_store {
public:
  virtual ~row_store() = default;

  /// Of rows with messages' texts no more are answered at once than this holds, but at least one: then there may be
  /// others behind them, though they are fewer than were asked for.
  static constexpr size_t max_bytes = 1 << 20;
  /// By rising key, at most `most` after the row with the key of `after`; the first ones when that is empty.
  virtual std::vector<table_row> after(const stored_table& of, const table_row& after, size_t most) const = 0;
  /// The same of those that have this value in a column.
  virtual std::vector<table_row> with(const stored_table& of, size_t column, const field& value, const table_row& after,
                                      size_t most) const = 0;
  virtual int64_t count_with(const stored_table& of, size_t column, const field& value) const = 0;
  /// The number of the next row. REQUIRES: the table counts.
  virtual int64_t next_number(const stored_table& of) const = 0;

  virtual void put(const stored_table& into, const std::vector<table_row>& rows) = 0;
  /// Deletes all rows.
  virtual void clear(const stored_table& which) = 0;
};

} // namespace salond::persistence
