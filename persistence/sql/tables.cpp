// Rows as they are, for backups and for what is kept about a user.
#include "persistence/backup/tables.hpp"
#include "persistence/contracts/private_messages.hpp"
#include "persistence/contracts/rows.hpp"
#include "persistence/sql/features.hpp"
#include "persistence/sql/rows.hpp"

namespace salond::persistence {
namespace {

// Old tools read `timestamp`, which is created_ms in seconds where it can be: from 1970-01-01 00:00:01 to 2038-01-19.
constexpr int64_t first_timestamp_ms = 1000, last_timestamp_ms = 2147483647000;

/// Whether its rows hold texts of people, which may be long.
bool holds_texts(const stored_table& of) {
  return &of == &table_named("messages") || &of == &table_named("private_messages");
}

/// A value as a parameter, which only looks at it.
parameter parameter_of(const table_column& column, const field& value) {
  if (const auto* number = std::get_if<int64_t>(&value))
    return *number;
  const auto* text = std::get_if<std::string>(&value);
  if (!text)
    return nullptr;
  if (column.type == table_column::kind::bytes)
    return blob{*text};
  return std::string_view(*text);
}

/// Adds the first `count` values of a row.
void add_parameters(parameters& to, const stored_table& table, const table_row& row, size_t count) {
  for (size_t place = 0; place < count; ++place)
    to.push_back(parameter_of(table.columns[place], row.at(place)));
}

table_row row_in(const query_result& found, const stored_table& of) {
  table_row row;
  row.reserve(of.columns.size());
  for (const auto& column : of.columns) {
    const auto place = static_cast<int>(row.size());
    if (found.is_null(place))
      row.emplace_back(nullptr);
    else if (column.type == table_column::kind::number)
      row.emplace_back(found.integer(place));
    else
      row.emplace_back(found.text(place));
  }
  return row;
}

/// That a row has the first value of a statement in this column.
std::string condition_on(const sql_words& words, const stored_table& of, const table_column& column) {
  const std::string name = column.name;
  const bool has_texts = &of == &table_named("messages") || &of == &table_named("private_messages");
  const bool of_users = name == "client_id" || name == "from_client_id" || name == "to_client_id";
  return has_texts && of_users ? words.is_user(name) : name + " = ?";
}

/// As many as may be held at once. REQUIRES: the columns of the table, in their order.
std::vector<table_row> rows_in(const std::unique_ptr<query_result>& found, const stored_table& of) {
  const auto text = holds_texts(of) ? column_named(of, "contenu") : of.columns.size();
  size_t bytes = 0;
  std::vector<table_row> result;
  while (bytes < row_store::max_bytes && found->next()) {
    const auto& row = result.emplace_back(row_in(*found, of));
    if (const auto* shown = text < row.size() ? std::get_if<std::string>(&row[text]) : nullptr)
      bytes += shown->size();
  }
  return result;
}

/// How many rows may be held at once, by the lengths of their texts.
int64_t count_that_fit(const std::unique_ptr<query_result>& lengths) {
  int64_t count = 0;
  for (size_t bytes = 0; bytes < row_store::max_bytes && lengths->next(); ++count)
    bytes += static_cast<size_t>(lengths->integer(0));
  return count;
}

/// Rows by rising key, after the one with the key of `after`; `condition` and its values come first.
std::vector<table_row> page_of(driver& on, const stored_table& of, const std::string& condition, parameters values,
                               const table_row& after, size_t most) {
  const auto key = column_names(of, of.key_columns);
  auto where = condition;
  if (!after.empty()) {
    where += (where.empty() ? "(" : " AND (") + key + ") > (?" + (of.key_columns == 2 ? ", ?)" : ")");
    add_parameters(values, of, after, of.key_columns);
  }
  const auto rest =
      std::string(" FROM ") + of.name + (where.empty() ? "" : " WHERE " + where) + " ORDER BY " + key + " LIMIT ?";
  values.emplace_back(limit_of(most));
  const auto& words = on.words();
  if (holds_texts(of) && words.holds_answers)
    values.back() = count_that_fit(on.ask(std::string("SELECT ") + words.text_bytes + rest, values));
  return rows_in(on.ask("SELECT " + column_names(of, of.columns.size()) + rest, values), of);
}

/// created_ms as the column `timestamp`.
parameter timestamp_of(const field& created) {
  const auto* ms = std::get_if<int64_t>(&created);
  if (ms && *ms >= first_timestamp_ms && *ms <= last_timestamp_ms)
    return *ms / 1000;
  return nullptr;
}

class sql_rows final : public feature<row_store> {
public:
  using feature::feature;

  std::vector<table_row> after(const stored_table& of, const table_row& after, size_t most) const override {
    return page_of(db(), of, {}, {}, after, most);
  }

  std::vector<table_row> with(const stored_table& of, size_t column, const field& value, const table_row& after,
                              size_t most) const override {
    const auto& asked = of.columns.at(column);
    return page_of(db(), of, condition_on(db().words(), of, asked), {parameter_of(asked, value)}, after, most);
  }

  int64_t count_with(const stored_table& of, size_t column, const field& value) const override {
    const auto& asked = of.columns.at(column);
    return number_in(
        db().ask("SELECT count(*) FROM " + std::string(of.name) + " WHERE " + condition_on(db().words(), of, asked),
                 {parameter_of(asked, value)}));
  }

  int64_t next_number(const stored_table& of) const override { return db().next_number(of); }

  void put(const stored_table& into, const std::vector<table_row>& rows) override {
    const bool dated = db().words().has_timestamp && &into == &table_named("messages");
    std::string marks = "(?";
    for (size_t place = 1; place < into.columns.size(); ++place)
      marks += ",?";
    marks += dated ? ",FROM_UNIXTIME(?))" : ")";
    std::vector<parameters> values;
    values.reserve(rows.size());
    for (const auto& row : rows) {
      add_parameters(values.emplace_back(), into, row, into.columns.size());
      if (dated)
        values.back().push_back(timestamp_of(row.back()));
    }
    insert_many(db(),
                "INSERT INTO " + std::string(into.name) + "(" + column_names(into, into.columns.size())
                    + (dated ? ", timestamp)" : ")"),
                marks, values);
    const auto& words = db().words();
    if (&into == &table_named("private_messages") && !rows.empty()) // no part of a backup: it follows from the text
      db().run(std::string("UPDATE private_messages SET bytes = ") + words.lesser_of + "(" + words.text_bytes
                   + ", ?) WHERE pm_id BETWEEN ? AND ?",
               {private_message_store::max_bytes_of_one, std::get<int64_t>(rows.front().front()),
                std::get<int64_t>(rows.back().front())});
    if (&into == &table_named("clients") || &into == &table_named("registrations") || &into == &table_named("bans"))
      db().fill_looks(); // which no backup holds: they follow from the names
  }

  void clear(const stored_table& which) override { db().run("DELETE FROM " + std::string(which.name)); }
};

} // namespace

std::unique_ptr<row_store> rows_over(driver& on) {
  return std::make_unique<sql_rows>(on);
}

} // namespace salond::persistence
