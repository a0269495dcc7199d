// Rows as they are, in SQLite, and whether there are any.
#include "persistence/backup/backup.hpp"
#include "persistence/column_words.hpp"
#include "persistence/rows.hpp"
#include "persistence/sqlite/schema.hpp"
#include "persistence/sqlite/sqlite_store.hpp"
#include <filesystem>
#include <map>

namespace salond::persistence {

using sqlite::blob;
using sqlite::database;
using sqlite::parameter;

namespace {

/// What is asked of one table. Made once: a connection keeps its statements by their texts.
struct statements {
  std::string first, next, highest, insert, clear;
  struct about_value { ///< in one column
    std::string first, next, count;
  };
  std::vector<about_value> with; ///< by column
};

/// That it has the value of the first parameter; of an author's messages so that their index is used. The '+' keeps
/// SQLite from writing the value in the place of the column, in both conditions.
std::string condition_on(const stored_table& table, const table_column& column) {
  const std::string name = column.name;
  const bool author = table.name == std::string_view("messages") && name == "client_id";
  return author ? "client_id % 8 = ?1 % 8 AND +client_id = ?1" : name + " = ?1";
}

statements statements_for(const stored_table& table) {
  const auto columns = column_names(table, table.columns.size());
  const auto key = column_names(table, table.key_columns);
  const auto marks = [](size_t count) {
    std::string result = "?";
    while (--count > 0)
      result += ", ?";
    return result;
  };
  const std::string name = table.name;
  const auto all = "SELECT " + columns + " FROM " + name;
  const auto order = " ORDER BY " + key + " LIMIT ?";
  const auto behind = "(" + key + ") > (" + marks(table.key_columns) + ")";
  statements result{all + order,
                    all + " WHERE " + behind + order,
                    "SELECT coalesce(max(" + std::string(table.columns[0].name) + "), 0) FROM " + name,
                    "INSERT INTO " + name + "(" + columns + ") VALUES (" + marks(table.columns.size()) + ")",
                    "DELETE FROM " + name,
                    {}};
  for (const auto& column : table.columns) {
    const auto where = " WHERE " + condition_on(table, column);
    result.with.push_back(
        {all + where + order, all + where + " AND " + behind + order, "SELECT count(*) FROM " + name + where});
  }
  return result;
}

const statements& statements_of(const stored_table& table) {
  static const auto all = [] {
    std::map<const stored_table*, statements> result;
    for (const auto& one : stored_tables())
      result.emplace(&one, statements_for(one));
    return result;
  }();
  return all.at(&table);
}

/// A value as a parameter, which only looks at it.
parameter parameter_of(const table_column& column, const field& value) {
  if (const auto* number = std::get_if<int64_t>(&value))
    return *number;
  const auto* text = std::get_if<std::string>(&value);
  if (!text)
    return nullptr;
  if (column.what == table_column::kind::bytes)
    return blob{*text};
  return std::string_view(*text);
}

/// Adds the first `count` values of a row.
void add_parameters(std::vector<parameter>& to, const stored_table& table, const table_row& row, size_t count) {
  for (size_t at = 0; at < count; ++at)
    to.push_back(parameter_of(table.columns[at], row.at(at)));
}

} // namespace

void sqlite_store::snapshot(const std::function<void()>& work) {
  db_->transact(database::transaction::reads, work);
}

std::vector<table_row> sqlite_store::rows_after(const stored_table& of, const table_row& after, size_t most) {
  std::vector<parameter> parameters;
  if (!after.empty())
    add_parameters(parameters, of, after, of.key_columns);
  parameters.emplace_back(limit_of(most));
  auto found = db_->ask(after.empty() ? statements_of(of).first : statements_of(of).next, parameters);
  return rows_in(found, of);
}

std::vector<table_row> sqlite_store::rows_with(const stored_table& of, size_t column, const field& value,
                                               const table_row& after, size_t most) {
  std::vector<parameter> parameters{parameter_of(of.columns.at(column), value)};
  if (!after.empty())
    add_parameters(parameters, of, after, of.key_columns);
  parameters.emplace_back(limit_of(most));
  const auto& with = statements_of(of).with.at(column);
  auto found = db_->ask(after.empty() ? with.first : with.next, parameters);
  return rows_in(found, of);
}

int64_t sqlite_store::count_with(const stored_table& of, size_t column, const field& value) {
  const std::vector<parameter> parameters{parameter_of(of.columns.at(column), value)};
  auto found = db_->ask(statements_of(of).with.at(column).count, parameters);
  return found.next() ? found.integer(0) : 0;
}

// SQLite remembers the highest number that was ever used only where a table must not use one again.
int64_t sqlite_store::next_number(const stored_table& of) {
  auto remembered = db_->ask("SELECT seq FROM sqlite_sequence WHERE name = ?", of.name);
  const auto used = remembered.next() ? remembered.integer(0) : 0;
  auto highest = db_->ask(statements_of(of).highest);
  return 1 + std::max(used, highest.next() ? highest.integer(0) : 0);
}

void sqlite_store::count_from(const stored_table& of, int64_t next) {
  db_->transact(database::transaction::writes, [&] {
    if (!db_->ask("SELECT 1 FROM sqlite_schema WHERE name = ? AND sql LIKE '%AUTOINCREMENT%'", of.name).next())
      return;
    db_->run("DELETE FROM sqlite_sequence WHERE name = ?", of.name);
    db_->run("INSERT INTO sqlite_sequence(name, seq) VALUES (?, ?)", of.name, next - 1);
  });
}

void sqlite_store::clear(const stored_table& which) {
  db_->run(statements_of(which).clear);
}

void sqlite_store::put_rows(const stored_table& into, const std::vector<table_row>& rows) {
  std::vector<parameter> parameters;
  for (const auto& row : rows) {
    parameters.clear();
    add_parameters(parameters, into, row, into.columns.size());
    db_->run(statements_of(into).insert, parameters);
  }
  if (&into == &table_named("private_messages") && !rows.empty()) // no part of a backup: it follows from the text
    db_->run("UPDATE private_messages SET bytes = min(length(CAST(contenu AS BLOB)), ?) WHERE pm_id BETWEEN ? AND ?",
             most_bytes_of_one, std::get<int64_t>(rows.front().front()), std::get<int64_t>(rows.back().front()));
  if (&into == &table_named("clients") || &into == &table_named("registrations"))
    sqlite::fill_looks(*db_); // which no backup holds: they follow from the names
}

bool is_empty_sqlite(const config::sqlite_database& where) {
  const auto path = sqlite::resolved(where.path);
  if (sqlite::in_memory(path) || !std::filesystem::exists(path))
    return true;
  auto lock = std::make_shared<const sqlite::file_lock>(path, sqlite::file_lock::missing::ignore);
  auto db = std::make_unique<database>(path, database::purpose::read);
  const auto version = sqlite::schema_version(*db);
  if (version == 0 || !sqlite::steps_after(version).empty())
    return version == 0;
  sqlite_store look(std::move(db), std::move(lock), database::purpose::read);
  bool result = false;
  look.read([&] { result = is_untouched(look); });
  return result;
}

} // namespace salond::persistence
