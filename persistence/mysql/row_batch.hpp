// Rows of one table that go out in INSERTs of many: one statement for each would be a way to the server and back each.
#pragma once
#include "persistence/mysql/connection.hpp"
#include <map>

namespace salond::persistence::mysql {

class row_batch {
public:
  /// `columns` as an INSERT names them, `count` of them.
  row_batch(const std::string& table, const std::string& columns, size_t count);

  /// REQUIRES: as many values as there are columns.
  void add(std::initializer_list<value> row);
  /// Whether one row more, with a text of so many bytes, would be too much for statements of `max_packet` bytes.
  bool is_full(size_t text_bytes, size_t max_packet) const;
  size_t rows() const { return values_.size() / columns_; }
  const value& at(size_t row, size_t column) const { return values_[row * columns_ + column]; }

  /// Sends all, and is empty then. Throws mysql::error.
  void send(connection& on);
  void clear();

private:
  /// The INSERT of so many rows.
  const std::string& statement(size_t rows);

  const std::string insert_; // up to the rows
  const size_t columns_;
  std::map<size_t, std::string> statements_; // by how many rows, those that were sent
  std::vector<value> values_;                // row after row
  size_t bytes_ = 0;
};

} // namespace salond::persistence::mysql
