#include "persistence/backup/tables.hpp"
#include "persistence/mysql/schema.hpp"
#include <algorithm>
#include <cctype>
#include <map>
#include <string_view>

namespace salond::persistence::mysql {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return text;
}

std::set<std::string> names(result found) {
  std::set<std::string> all;
  while (found.next())
    all.insert(lower(found.text(0)));
  return all;
}

std::set<std::string> exact_names(result found) {
  std::set<std::string> all;
  while (found.next())
    all.insert(found.text(0));
  return all;
}

} // namespace

std::set<std::string> catalog::tables() {
  return names(of_.ask("SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()"));
}

std::pair<std::string, std::string> catalog::kind_of(const std::string& table) {
  auto found = of_.ask("SELECT TABLE_TYPE, ENGINE FROM information_schema.TABLES "
                       "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?",
                       {table});
  if (!found.next())
    return {};
  return {found.text(0), found.text(1)};
}

std::set<std::string> catalog::columns(const std::string& table) {
  return names(
      of_.ask("SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?",
              {table}));
}

std::optional<column> catalog::find_column(const std::string& table, const std::string& name) {
  auto found = of_.ask("SELECT DATA_TYPE, COLLATION_NAME, IS_NULLABLE, COLUMN_DEFAULT FROM information_schema.COLUMNS "
                       "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND COLUMN_NAME = ?",
                       {table, name});
  if (!found.next())
    return std::nullopt;
  return column{lower(found.text(0)), lower(found.text(1)), found.text(2) == "YES", !found.is_null(3)};
}

bool catalog::has_index(const std::string& table, const std::string& name) {
  return of_
      .number("SELECT 1 FROM information_schema.STATISTICS "
              "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND INDEX_NAME = ? LIMIT 1",
              {table, name})
      .has_value();
}

bool catalog::has_unique(const std::string& table, const std::string& name, const std::vector<std::string>& columns) {
  auto found = of_.ask("SELECT COLUMN_NAME, NON_UNIQUE, SUB_PART FROM information_schema.STATISTICS "
                       "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND INDEX_NAME = ? ORDER BY SEQ_IN_INDEX",
                       {table, name});
  std::vector<std::string> has;
  while (found.next()) {
    if (found.integer(1) != 0 || !found.is_null(2))
      return false;
    has.push_back(lower(found.text(0)));
  }
  return has == columns;
}

std::set<std::string> catalog::indexes(const std::string& table) {
  return exact_names(of_.ask("SELECT DISTINCT INDEX_NAME FROM information_schema.STATISTICS "
                             "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND INDEX_NAME <> 'PRIMARY'",
                             {table}));
}

std::set<std::string> catalog::plain_indexes(const std::string& table) {
  return exact_names(of_.ask("SELECT DISTINCT INDEX_NAME FROM information_schema.STATISTICS "
                             "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND NON_UNIQUE = 1",
                             {table}));
}

std::vector<foreign_key> catalog::foreign_keys(const std::string& table) {
  auto found = of_.ask("SELECT k.CONSTRAINT_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME,"
                       " r.DELETE_RULE, r.UPDATE_RULE FROM information_schema.KEY_COLUMN_USAGE k"
                       " JOIN information_schema.REFERENTIAL_CONSTRAINTS r ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA"
                       " AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME"
                       " WHERE k.TABLE_SCHEMA = DATABASE() AND k.TABLE_NAME = ? AND k.REFERENCED_TABLE_NAME IS NOT NULL"
                       " ORDER BY k.CONSTRAINT_NAME, k.ORDINAL_POSITION",
                       {table});
  std::vector<foreign_key> all;
  while (found.next()) {
    foreign_key key{found.text(0),        lower(found.text(1)),       lower(found.text(2)),
                    lower(found.text(3)), found.text(4) == "CASCADE", found.text(5) == "CASCADE"};
    if (!all.empty() && all.back().name == key.name)
      all.back() = std::move(key);
    else
      all.push_back(std::move(key));
  }
  return all;
}

// --- the lock ---

const char* const lock_mark = "/* salond waits for its lock */";

// A lock is one of the server, hence the database's name in it.
#define SALOND_MIGRATION_LOCK "CONCAT('salond.migration.', LEFT(SHA2(DATABASE(), 256), 24))"

migration_lock::migration_lock(connection& on) : on_(on) {
  // In short waits, so that no read time-out ends one.
  for (int waits = 0; waits < 30; ++waits) {
    const auto got = on_.number(std::string("SELECT ") + lock_mark + " GET_LOCK(" SALOND_MIGRATION_LOCK ", 2)");
    if (got == 1)
      return;
  }
  throw store_error(store_error::kind::setup,
                    "another salond is changing the tables of this database; wait for its end");
}

migration_lock::~migration_lock() {
  try {
    on_.execute("DO RELEASE_LOCK(" SALOND_MIGRATION_LOCK ")");
  } catch (...) { // it ends with its connection
  }
}

// --- recognition ---

namespace {

struct described {
  const char* table;
  std::set<std::string> columns;
};
const described old_tables[] = {{"clients", {"client_id", "username", "alias", "password_hash", "status"}},
                                {"salons", {"salon_id", "nom_salon"}},
                                {"salons_adheres", {"id", "username", "salon_id"}},
                                {"messages", {"message_id", "client_id", "salon_id", "contenu", "timestamp"}}};
/// Tables that no backup holds; stored_tables() has the others.
const std::set<std::string> tables_for_ourselves = {"schema_version",
                                                    "writers",
                                                    "nodes",
                                                    "homes",
                                                    "presences",
                                                    "news",
                                                    "certificates",
                                                    "counters",
                                                    "message_ages",
                                                    "message_looks",
                                                    "search_parts",
                                                    "search_grams",
                                                    "migration_repairs",
                                                    "migration_deleted_memberships"};
/// The columns of old tables that no backup holds: they are made out of others, or are for nodes.
constexpr std::pair<std::string_view, const char*> columns_for_ourselves[] = {
    {"clients", "look_folded"}, {"clients", "look_spelled"}, {"messages", "post"}};

bool is_old_table(const std::string& name) {
  return std::any_of(std::begin(old_tables), std::end(old_tables), [&](const auto& t) { return name == t.table; });
}

/// Tables that a take-over makes beside the four.
std::set<std::string> new_tables() {
  auto all = tables_for_ourselves;
  for (const auto& table : stored_tables())
    if (!is_old_table(table.name))
      all.insert(table.name);
  return all;
}

/// Columns that it adds to one of the four.
std::set<std::string> added_columns(const described& old) {
  std::set<std::string> all;
  for (const auto& [table, column] : columns_for_ourselves)
    if (table == old.table)
      all.insert(column);
  for (const auto& column : table_named(old.table).columns)
    if (!old.columns.count(column.name))
      all.insert(column.name);
  return all;
}

std::string missing_from(catalog& look, const described& expected) {
  const auto have = look.columns(expected.table);
  for (const auto& name : expected.columns)
    if (!have.count(name))
      return std::string("the table ") + expected.table + " has no column " + name;
  return {};
}

// What keeps the database from being the replaced server's; empty: it is. `begun`: additions of ours are no surprise.
std::string differences(catalog& look, const std::set<std::string>& tables, bool begun) {
  for (const auto& expected : old_tables) {
    if (!tables.count(expected.table))
      return std::string("there is no table ") + expected.table;
    const auto kind = look.kind_of(expected.table).first;
    if (kind.empty()) // tables() does not tell capitals apart, as most databases; this one does
      return std::string("the table ") + expected.table
             + " is spelled with capitals, which this database tells apart: rename it";
    if (kind != "BASE TABLE")
      return std::string(expected.table) + " is no table" + (kind == "VIEW" ? "" : " of the usual kind (" + kind + ")");
    if (auto why = missing_from(look, expected); !why.empty())
      return why;
  }
  if (begun)
    return {};
  for (const auto& name : new_tables())
    if (tables.count(name) && name != "schema_version") // which comes first: foreign_versions() looks at that
      return "there is a table " + name + " already";
  for (const auto& old : old_tables)
    for (const auto& name : added_columns(old))
      if (look.find_column(old.table, name))
        return std::string("the table ") + old.table + " has a column " + name + " already";
  return {};
}

// What keeps the four tables from being ours, as a version says that they are: who goes back to the replaced server
// loads its old tables beside ours.
std::string differences_from_ours(catalog& look) {
  const described since_the_first_version[] = {{"clients", {"username_key", "alias_key", "role"}},
                                               {"salons", {"nom_key", "policy", "last_seq"}},
                                               {"salons_adheres", {"username", "salon_id"}},
                                               {"messages", {"seq", "created_ms"}}};
  for (const auto& expected : since_the_first_version)
    if (const auto why = missing_from(look, expected); !why.empty())
      return why
             + ", though schema_version says that it is salond's. Where the replaced server's tables were loaded"
               " beside salond's, load them into an empty database";
  return {};
}

// Many tools have a table of this name. What keeps it from being the one that we make; empty: it is.
std::string foreign_versions(connection& db) {
  const auto ours =
      db.number("SELECT COUNT(*) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME ="
                " 'schema_version' AND (COLUMN_NAME = 'version' AND DATA_TYPE = 'int' AND COLUMN_KEY = 'PRI'"
                " OR COLUMN_NAME = 'name' AND DATA_TYPE = 'varchar' AND CHARACTER_MAXIMUM_LENGTH = 100"
                " OR COLUMN_NAME = 'applied_ms' AND DATA_TYPE = 'bigint')");
  catalog look(db);
  if (ours == 3 && look.columns("schema_version").size() == 3 && look.kind_of("schema_version").first == "BASE TABLE")
    return {};
  return "there is a table schema_version already, which is not salond's";
}

} // namespace

bool is_table_of_ours(const std::string& name) {
  static const auto all = new_tables();
  return all.count(name) != 0 || is_old_table(name);
}

bool is_column_of_ours(const std::string& table, const std::string& column) {
  static const auto all = [] {
    std::map<std::string, std::set<std::string>> each;
    for (const auto& old : old_tables) {
      each[old.table] = added_columns(old);
      each[old.table].insert(old.columns.begin(), old.columns.end());
    }
    return each;
  }();
  const auto found = all.find(table);
  return found != all.end() && found->second.count(column) != 0;
}

finding recognise(connection& db) {
  catalog look(db);
  const auto tables = look.tables();
  if (tables.empty())
    return {condition::empty, 0, {}};
  if (!tables.count("schema_version")) {
    const auto why = differences(look, tables, false);
    return why.empty() ? finding{condition::replaced, 0, {}} : finding{condition::foreign, 0, why};
  }
  if (auto why = missing_from(look, {"schema_version", {"version", "name", "applied_ms"}}); !why.empty())
    return {condition::foreign, 0, why};
  const auto version = db.number("SELECT MAX(version) FROM schema_version");
  const auto newest = static_cast<int64_t>(1 + steps_after(1).size());
  if (version && *version > newest)
    return {condition::newer, *version, {}};
  if (auto why = foreign_versions(db); !why.empty())
    return {condition::foreign, 0, why};
  if (version && *version >= 1) {
    const auto why = differences_from_ours(look);
    return why.empty() ? finding{condition::ours, *version, {}} : finding{condition::foreign, 0, why};
  }
  if (version) { // 0: a take-over began
    const auto why = differences(look, tables, true);
    return why.empty() ? finding{condition::taking_over, 0, {}} : finding{condition::foreign, 0, why};
  }
  // No version yet: the very first statement of a take-over, or tables that a first start did not finish.
  if (tables.count("clients") && !look.columns("clients").count("username_key")) {
    const auto why = differences(look, tables, false);
    return why.empty() ? finding{condition::replaced, 0, {}} : finding{condition::foreign, 0, why};
  }
  for (const auto& name : tables)
    if (!is_table_of_ours(name))
      return {condition::foreign, 0, "there is a table " + name};
  return {condition::empty, 0, {}};
}

} // namespace salond::persistence::mysql
