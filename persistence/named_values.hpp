// A row as it is, with its values by the names of their columns.
#pragma once
#include "persistence/backup/tables.hpp"
#include "protocol/words/time.hpp"
#include <optional>
#include <string>

namespace salond::persistence {

/// Only looks at both. REQUIRES: the row is of the table, which has the columns that are asked for.
class named_values {
public:
  named_values(const stored_table& of, const table_row& row) : of_(of), row_(row) {}

  const field& value(const char* column) const { return row_.at(column_named(of_, column)); }
  /// 0 and "" where there is none.
  int64_t number(const char* column) const {
    const auto* number = std::get_if<int64_t>(&value(column));
    return number ? *number : 0;
  }
  std::string text(const char* column) const {
    const auto* text = std::get_if<std::string>(&value(column));
    return text ? *text : std::string{};
  }
  /// Of a column of milliseconds.
  std::optional<moment> time(const char* column) const {
    const auto* ms = std::get_if<int64_t>(&value(column));
    return ms ? std::optional(from_ms(*ms)) : std::nullopt;
  }

private:
  const stored_table& of_;
  const table_row& row_;
};

} // namespace salond::persistence
