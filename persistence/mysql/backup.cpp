// Rows as they are, in MySQL and MariaDB, and whether there are any.
#include "persistence/backup/backup.hpp"
#include "persistence/mysql/mysql_store.hpp"
#include "persistence/mysql/rows.hpp"
#include "persistence/mysql/schema.hpp"
#include "persistence/rows.hpp"

namespace salond::persistence {

using mysql::value;

namespace {

// Old tools read `timestamp`, which is created_ms in seconds where it can be: from 1970-01-01 00:00:01 to 2038-01-19.
constexpr int64_t first_timestamp_ms = 1000, last_timestamp_ms = 2147483647000;

bool has_timestamp(const stored_table& table) {
  return table.name == std::string_view("messages");
}

std::string marks(const stored_table& table) {
  std::string result = "(?";
  for (size_t at = 1; at < table.columns.size(); ++at)
    result += ",?";
  return result + (has_timestamp(table) ? ",FROM_UNIXTIME(?))" : ")");
}

std::vector<value> values_of(const stored_table& table, const table_row& row) {
  std::vector<value> to(row.begin(), row.end());
  if (!has_timestamp(table))
    return to;
  const auto* ms = std::get_if<int64_t>(&row.back());
  if (ms && *ms >= first_timestamp_ms && *ms <= last_timestamp_ms)
    to.emplace_back(*ms / 1000);
  else
    to.emplace_back(nullptr);
  return to;
}

/// How many rows may be held at once, by the lengths of their texts.
int64_t count_that_fit(mysql::connection& db, const std::string& lengths, const std::vector<value>& values) {
  auto found = db.ask(lengths, values);
  int64_t count = 0;
  for (size_t bytes = 0; bytes < store::most_bytes_of_rows && found.next(); ++count)
    bytes += static_cast<size_t>(found.integer(0));
  return count;
}

/// Rows by rising key, after the one with the key of `after`; `condition` and its values come first.
std::vector<table_row> page(mysql::connection& db, const stored_table& of, const std::string& condition,
                            std::vector<value> values, const table_row& after, size_t most) {
  const auto key = column_names(of, of.key_columns);
  auto where = condition;
  if (!after.empty()) {
    where += (where.empty() ? "(" : " AND (") + key + ") > (?" + (of.key_columns == 2 ? ", ?)" : ")");
    values.insert(values.end(), after.begin(), after.begin() + static_cast<std::ptrdiff_t>(of.key_columns));
  }
  const auto rest =
      std::string(" FROM ") + of.name + (where.empty() ? "" : " WHERE " + where) + " ORDER BY " + key + " LIMIT ?";
  values.emplace_back(limit_of(most));
  if (holds_texts(of)) // the driver holds the whole of an answer: so their lengths are asked for first
    values.back() = count_that_fit(db, "SELECT LENGTH(contenu)" + rest, values);
  auto found = db.ask("SELECT " + column_names(of, of.columns.size()) + rest, values);
  return rows_in(found, of);
}

} // namespace

void mysql_store::snapshot(const std::function<void()>& work) {
  try {
    connect();
    bare().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"); // of the next one alone
    bare().execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
    work();
    bare().execute("COMMIT");
  } catch (const mysql::error& why) {
    roll_back();
    if (!why.left().alive)
      drop_connection();
    throw;
  } catch (...) {
    roll_back();
    throw;
  }
}

std::vector<table_row> mysql_store::rows_after(const stored_table& of, const table_row& after, size_t most) {
  return page(db(), of, {}, {}, after, most);
}

std::vector<table_row> mysql_store::rows_with(const stored_table& of, size_t column, const field& value,
                                              const table_row& after, size_t most) {
  return page(db(), of, std::string(of.columns.at(column).name) + " = ?", {value}, after, most);
}

int64_t mysql_store::count_with(const stored_table& of, size_t column, const field& value) {
  return db()
      .number("SELECT COUNT(*) FROM " + std::string(of.name) + " WHERE " + of.columns.at(column).name + " = ?", {value})
      .value_or(0);
}

int64_t mysql_store::next_number(const stored_table& of) {
  return db()
      .number("SELECT AUTO_INCREMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?",
              {std::string(of.name)})
      .value_or(1);
}

void mysql_store::count_from(const stored_table& of, int64_t next) {
  connect();
  bare().execute("ALTER TABLE " + std::string(of.name)
                 + " AUTO_INCREMENT = " + std::to_string(std::max<int64_t>(1, next)));
}

void mysql_store::clear(const stored_table& which) {
  db().run("DELETE FROM " + std::string(which.name));
}

void mysql_store::put_rows(const stored_table& into, const std::vector<table_row>& rows) {
  std::vector<std::vector<value>> values;
  values.reserve(rows.size());
  for (const auto& row : rows)
    values.push_back(values_of(into, row));
  insert_many("INSERT INTO " + std::string(into.name) + "(" + column_names(into, into.columns.size())
                  + (has_timestamp(into) ? ", timestamp" : "") + ")",
              marks(into), std::move(values));
  if (&into == &table_named("private_messages") && !rows.empty()) // no part of a backup: it follows from the text
    db().run("UPDATE private_messages SET bytes = LEAST(LENGTH(contenu), ?) WHERE pm_id BETWEEN ? AND ?",
             {most_bytes_of_one, std::get<int64_t>(rows.front().front()), std::get<int64_t>(rows.back().front())});
  if (&into == &table_named("clients") || &into == &table_named("registrations"))
    mysql::fill_looks(db()); // which no backup holds: they follow from the names
}

bool is_empty_mysql(const config::mysql_database& where, const open_options& options) {
  try {
    mysql::connection db(where, {});
    const auto found = mysql::recognise(db);
    if (found.what == mysql::condition::empty)
      return true;
    if (found.what != mysql::condition::ours || !mysql::steps_after(found.version).empty())
      return false;
    mysql_store look(where, {}, mysql_store::purpose::read, options.patience, options.report);
    bool result = false;
    look.read([&] { result = is_untouched(look); });
    return result;
  } catch (const mysql::error& why) {
    throw mysql::at_start(why, mysql::address_of(where));
  }
}

} // namespace salond::persistence
