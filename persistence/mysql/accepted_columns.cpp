#include "persistence/mysql/accepted.hpp"
#include <algorithm>
#include <cctype>
#include <map>

namespace salond::persistence::mysql {
namespace {

struct found_column {
  std::string table, name;
  std::string kind; ///< "int", "varchar", ...
  std::string fallback, extra;
  bool nullable = false, has_default = false, generated = false;
  std::optional<int64_t> bytes; ///< at most, where it holds characters or bytes
};

std::vector<found_column> columns_of_the_four(connection& db) {
  auto found = db.ask("SELECT LOWER(TABLE_NAME), LOWER(COLUMN_NAME), LOWER(DATA_TYPE), COLUMN_DEFAULT, LOWER(EXTRA),"
                      " IS_NULLABLE, COALESCE(GENERATION_EXPRESSION, '') <> '', CHARACTER_OCTET_LENGTH FROM"
                      " information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN"
                      " ('clients', 'salons', 'salons_adheres', 'messages') ORDER BY 1, ORDINAL_POSITION");
  std::vector<found_column> all;
  while (found.next()) {
    found_column column{found.text(0),     found.text(1),         found.text(2),
                        found.text(3),     found.text(4),         found.text(5) == "YES",
                        !found.is_null(3), found.integer(6) != 0, {}};
    if (!found.is_null(7))
      column.bytes = found.integer(7);
    all.push_back(std::move(column));
  }
  return all;
}

// --- the replaced server's ---

using kinds = std::set<std::string>;
const kinds numbers = {"tinyint", "smallint", "mediumint", "int", "bigint"};
const kinds texts = {"varchar", "char", "tinytext", "text", "mediumtext", "longtext"};
const kinds words = {"varchar", "char", "tinytext", "text", "mediumtext", "longtext", "enum"};
const kinds times = {"timestamp"};

const std::map<std::pair<std::string, std::string>, const kinds*> old_kinds = {
    {{"clients", "client_id"}, &numbers},     {{"clients", "username"}, &texts},
    {{"clients", "alias"}, &texts},           {{"clients", "password_hash"}, &texts},
    {{"clients", "status"}, &words},          {{"salons", "salon_id"}, &numbers},
    {{"salons", "nom_salon"}, &texts},        {{"salons_adheres", "id"}, &numbers},
    {{"salons_adheres", "username"}, &texts}, {{"salons_adheres", "salon_id"}, &numbers},
    {{"messages", "message_id"}, &numbers},   {{"messages", "client_id"}, &numbers},
    {{"messages", "salon_id"}, &numbers},     {{"messages", "contenu"}, &texts},
    {{"messages", "timestamp"}, &times},
};

std::string objection_to_ours(const found_column& column) {
  const auto expected = old_kinds.find({column.table, column.name});
  if (expected == old_kinds.end() || expected->second->count(column.kind) != 0)
    return {};
  return " (" + column.kind + ") is of another kind than the replaced server's: change it to that kind";
}

// --- others' ---

constexpr const char* digits = "0123456789";

std::string small_letters(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// CURRENT_TIMESTAMP, with or without how many digits of a second's part: what follows is (), (3).
bool is_now(const std::string& fallback) {
  constexpr std::string_view name = "current_timestamp";
  const auto said = small_letters(fallback.substr(0, name.size()));
  const auto rest = fallback.substr(std::min(name.size(), fallback.size()));
  return said == name
         && (rest.empty()
             || (rest.size() >= 2 && rest.front() == '(' && rest.find_first_not_of(digits, 1) == rest.size() - 1
                 && rest.back() == ')'));
}

/// One text in quotes: a quote in it is doubled, or stands behind a backslash.
bool is_quoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '\'')
    return false;
  size_t place = 1;
  while (place < text.size() && (text[place] != '\'' || text.substr(place, 2) == "''"))
    place += text[place] == '\\' || text[place] == '\'' ? 2 : 1;
  return place + 1 == text.size();
}

/// NULL, a number, a text, or bits as a text, however long it is.
bool is_plain(const std::string& fallback) {
  if (fallback.empty())
    return false;
  const bool of_bits = fallback.front() == 'b' || fallback.front() == 'B';
  if (is_quoted(std::string_view(fallback).substr(of_bits ? 1 : 0)))
    return true;
  return fallback.find_first_not_of("-+.0123456789eE") == std::string::npos || small_letters(fallback) == "null";
}

// MySQL marks what is computed and tells the rest as it is; MariaDB tells a default as it stands in a statement.
bool is_computed(const found_column& column, bool mariadb) {
  if ((column.kind == "datetime" || column.kind == "timestamp") && is_now(column.fallback))
    return false;
  if (!mariadb)
    return column.extra.find("default_generated") != std::string::npos;
  return column.has_default && !is_plain(column.fallback);
}

// A date with a zero for its month or day: a running server's sessions take none.
bool is_zero_date(const found_column& column) {
  static const kinds dates = {"date", "datetime", "timestamp"};
  return dates.count(column.kind) != 0 && column.fallback.find("-00") != std::string::npos;
}

std::string objection_to_others(const found_column& column, bool mariadb) {
  if (column.extra.find("auto_increment") != std::string::npos)
    return " is not the replaced server's and counts by itself, and a table has one such column, its number: take"
           " AUTO_INCREMENT away";
  if (!column.nullable && !column.has_default)
    return " is not the replaced server's and must have a value, which salond has none for: give it a default";
  if (is_computed(column, mariadb))
    return " is not the replaced server's and has a default that is computed, which may fail when salond writes: give"
           " it a plain one, or none and let it be NULL";
  if (is_zero_date(column))
    return " is not the replaced server's and has a date of zero as default, which may fail when salond writes: give"
           " it another one, or none and let it be NULL";
  return {};
}

// --- room ---

/// Of the columns of others, as counted for a limit of the server.
struct sizes {
  int64_t row = 0;  ///< all columns of a row share 65,535 bytes, but for long texts
  int64_t page = 0; ///< two rows must find room in a page; of what may be long it keeps a pointer there
  int64_t count = 0;
};
constexpr sizes most{32768, 6000, 500};

void add_sizes(sizes& all, const found_column& column) {
  static const kinds elsewhere = {"tinytext", "text", "mediumtext", "longtext", "tinyblob",
                                  "blob",     "json", "mediumblob", "longblob"};
  static const kinds small = {"enum", "set", "bit", "date", "time", "year", "float", "double", "datetime", "timestamp"};
  constexpr int64_t max_in_the_page = 255, pointer = 42;
  int64_t row = 32; // of what is left, decimals are the longest
  if (elsewhere.count(column.kind) != 0)
    row = 12;
  else if (numbers.count(column.kind) != 0 || small.count(column.kind) != 0)
    row = 8;
  else if (column.bytes)
    row = *column.bytes + 2;
  const bool outside = elsewhere.count(column.kind) != 0 || column.bytes.value_or(0) > max_in_the_page;
  all.row += row;
  all.page += outside && small.count(column.kind) == 0 ? pointer : row;
  ++all.count;
}

void find_lack_of_room(const std::map<std::string, sizes>& by_table, std::vector<std::string>& found) {
  for (const auto& [table, all] : by_table) {
    const auto begin = "the columns of the table " + table + " that are not the replaced server's ";
    if (all.row > most.row)
      found.push_back(begin + "may hold " + std::to_string(all.row)
                      + " bytes together, and leave salond's no room above " + std::to_string(most.row)
                      + ": shorten them, or make the longest TEXT");
    if (all.page > most.page)
      found.push_back(begin + "take " + std::to_string(all.page) + " bytes of a page, and leave salond's no room above "
                      + std::to_string(most.page) + ": drop some, or make them TEXT");
    if (all.count > most.count)
      found.push_back(begin + "are " + std::to_string(all.count) + ", and there may be " + std::to_string(most.count)
                      + ": drop some");
  }
}

} // namespace

void find_other_columns(connection& db, std::vector<std::string>& found) {
  const bool mariadb = db.server().rfind("MariaDB", 0) == 0;
  std::map<std::string, sizes> others;
  for (const auto& column : columns_of_the_four(db)) {
    const auto name = column.table + "." + column.name;
    if (column.generated) {
      found.push_back("the generated column " + name + " keeps the columns that it is made from as they are: drop it");
      continue;
    }
    const bool ours = is_column_of_ours(column.table, column.name);
    if (const auto why = ours ? objection_to_ours(column) : objection_to_others(column, mariadb); !why.empty())
      found.push_back("the column " + name + why);
    if (!ours)
      add_sizes(others[column.table], column);
  }
  find_lack_of_room(others, found);
}

std::vector<text_column> old_text_columns(connection& db) {
  auto rows = db.ask("SELECT LOWER(TABLE_NAME), LOWER(COLUMN_NAME), CHARACTER_SET_NAME FROM information_schema.COLUMNS"
                     " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ('clients', 'salons', 'salons_adheres',"
                     " 'messages') AND CHARACTER_SET_NAME IS NOT NULL ORDER BY 1, 2");
  std::vector<text_column> all;
  while (rows.next())
    if (old_kinds.count({rows.text(0), rows.text(1)}) != 0)
      all.push_back({rows.text(0), rows.text(1), rows.text(2)});
  return all;
}

} // namespace salond::persistence::mysql
