// What a backup holds: the tables and columns that all databases have alike, as rows of plain values. A test compares
// this list with what each database has.
#pragma once
#include "persistence/fields.hpp"
#include <string_view>

namespace salond::persistence {

/// The schema's version that the list below describes: the last one that changed what a backup holds.
constexpr int64_t stored_schema = 14;
/// Backups from this one on are restored. They lack what came later: such a table is empty then, and in such a column
/// stands null, 0 or an empty text, as the step of the schema gives it to rows that are there.
constexpr int64_t oldest_restored_schema = 13;

struct table_column {
  enum class kind : uint8_t { number, text, bytes };
  const char* name;
  kind type;
  bool may_be_null = false;
  int64_t since = oldest_restored_schema; ///< the schema that brought it
};

struct stored_table {
  const char* name;
  std::vector<table_column> columns;
  size_t key_columns = 1;                 ///< the first ones, which are its primary key
  bool counts = false;                    ///< its key is a number that the database gives
  int64_t since = oldest_restored_schema; ///< the schema that brought it
};

/// All of them; one that refers to another stands behind it. Left out is what a database needs for itself: versions,
/// the writers' marks, what a take-over changed, and what was found of the ages of messages.
const std::vector<stored_table>& stored_tables();

/// REQUIRES: there is one of that name.
const stored_table& table_named(std::string_view name);
/// The column's place. REQUIRES: there is one of that name.
size_t column_named(const stored_table& of, std::string_view name);

/// Where a user stands in the tables, one way each: by number, name or key.
struct personal_column {
  enum class by : uint8_t { number, username, key };
  const char* table;
  const char* column;
  by type;
};
/// All of them, but for the audit log, which names people in its texts. A test compares the list with the tables.
const std::vector<personal_column>& personal_columns();

/// The names of the first `count` columns, with commas between.
std::string column_names(const stored_table& of, size_t count);

} // namespace salond::persistence
