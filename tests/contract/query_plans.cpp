#include "tests/contract/query_plans.hpp"
#include "persistence/sqlite/schema.hpp"
#include "tests/support/mariadb.hpp"
#include <algorithm>
#include <list>
#include <map>
#include <mutex>
#include <regex>
#include <set>
#include <sqlite3.h>

namespace salond::support {
namespace {

// Not salons and moderators, which operators make; not registrations, of which a thousand may wait.
constexpr const char* growing_tables[] = {"clients",           "salons_adheres", "messages", "private_messages",
                                          "join_requests",     "notices",        "sessions", "known_addresses",
                                          "migration_repairs", "bans",           "audit",    "search_parts",
                                          "search_grams",      "message_ages"};

struct allowed_scan {
  const char* begins; ///< the statement
  const char* reason;
};
constexpr allowed_scan allowed_scans[] = {
    {"UPDATE clients SET status = 'disconnected' WHERE status <> 'disconnected'", "once, at the start"},
    {"SELECT r.client_id, c.username, r.salon_id, r.created_ms FROM join_requests", "all of them are the answer"},
    {"SELECT username_key, username, until_ms, created_ms, by_whom, reason FROM bans",
     "all that are out are the answer, and few are out no longer"},
    {"UPDATE bans SET by_whom = ''", "an operator is erased, which is rare, and few are out"},
    {"SELECT salon_id, count(*) FROM salons_adheres GROUP BY salon_id", "all of an index is counted"},
    {"SELECT c.client_id, a.salon_id FROM clients c", "once, at the start: all of two indexes"},
    {"SELECT username_key, look_folded, look_spelled, alias_key, role FROM clients", "an import compares all names"},
    {"SELECT p.to_client_id, p.pm_id FROM private_messages p WHERE p.delivered_ms >= ?",
     "only nodes ask it, which have no SQLite; MySQL has the index"},
};

bool begins_with(const std::string& text, const std::string& with) {
  return text.compare(0, with.size(), with) == 0;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The growing table that goes by this name in the statement; empty where it is another one.
std::string growing_table(const std::string& name, const std::string& statement) {
  for (const std::string table : growing_tables)
    if (name == table || has(statement, " " + table + " " + name + " "))
      return table;
  return {};
}

/// Whether no more rows are read than are wanted: all of them, or the first ones in the order of an index.
bool wants_all_it_reads(const std::string& statement, bool sorts) {
  if (has(statement, " WHERE ") || has(statement, " JOIN "))
    return false;
  return begins_with(statement, "DELETE ") || (has(statement, " LIMIT ") && !sorts);
}

bool is_allowed(const std::string& statement) {
  return std::any_of(std::begin(allowed_scans), std::end(allowed_scans),
                     [&](const allowed_scan& one) { return begins_with(statement, one.begins); });
}

std::string complaint(const std::string& table, const std::string& statement, const std::string& plan) {
  return "all rows of " + table + " are read (" + plan + ") for: " + statement.substr(0, 400);
}

// --- SQLite ---

/// Every statement that a connection of this program begins, as it was prepared. Of any thread.
class sqlite_statements {
public:
  static sqlite_statements& all() {
    static sqlite_statements the_only;
    return the_only;
  }
  void forget() {
    std::lock_guard lock{mutex_};
    texts_.clear();
  }
  std::set<std::string> texts() {
    std::lock_guard lock{mutex_};
    return texts_;
  }

private:
  sqlite_statements() { sqlite3_auto_extension(reinterpret_cast<void (*)()>(&sqlite_statements::trace)); }
  static int trace(sqlite3* db, const char**, const void*) {
    return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, &sqlite_statements::take, nullptr);
  }
  static int take(unsigned, void*, void*, void* text) {
    std::lock_guard lock{all().mutex_};
    all().texts_.insert(static_cast<const char*>(text));
    return 0;
  }

  std::mutex mutex_;
  std::set<std::string> texts_;
};

using sqlite_database = persistence::sqlite::database;

std::unique_ptr<sqlite_database> newest_tables() {
  auto db = std::make_unique<sqlite_database>(":memory:", sqlite_database::purpose::write);
  persistence::sqlite::migrate(*db);
  return db;
}

class sqlite_plans final : public query_plans {
public:
  sqlite_plans() { begin(); }

  void begin() override { sqlite_statements::all().forget(); }
  std::vector<std::string> full_scans(persistence::store&) override {
    std::vector<std::string> result;
    for (const auto& statement : sqlite_statements::all().texts())
      if (std::regex_search(statement, std::regex("^(SELECT|INSERT|UPDATE|DELETE|WITH) ")) && !is_allowed(statement))
        look_at(statement, result);
    return result;
  }

private:
  void look_at(const std::string& statement, std::vector<std::string>& result) {
    const auto steps = plan_of(statement);
    const auto sorts = std::any_of(steps.begin(), steps.end(), [](const auto& step) { return has(step, "ORDER BY"); });
    for (const auto& step : steps) {
      std::smatch found;
      if (!std::regex_search(step, found, std::regex("^SCAN (\\w+)")))
        continue;
      const auto table = growing_table(found[1], statement);
      if (!table.empty() && !wants_all_it_reads(statement, sorts))
        result.push_back(complaint(table, statement, step));
    }
  }

  /// Its steps, as SQLite words them.
  std::vector<std::string> plan_of(const std::string& statement) {
    std::vector<std::string> steps;
    auto found = tables_->ask(questions_.emplace_back("EXPLAIN QUERY PLAN " + statement));
    while (found.next())
      steps.push_back(found.text(3));
    return steps;
  }

  std::list<std::string> questions_; // outlive the connection
  std::unique_ptr<sqlite_database> tables_ = newest_tables();
};

// --- MariaDB ---

/// Numbers and texts as '?': what differs in nothing else is one statement. Empty where it ends within a text, which
/// the log cuts where it is long.
std::string without_values(const std::string& statement) {
  std::string result;
  for (size_t at = 0; at < statement.size(); ++at) {
    const auto here = statement[at];
    if (here == '\'') {
      for (++at; at < statement.size() && statement[at] != '\''; ++at)
        at += statement[at] == '\\' ? 1 : 0;
      if (at >= statement.size())
        return {};
      result += '?';
    } else if (here >= '0' && here <= '9') {
      if (result.empty() || result.back() != '?')
        result += '?';
    } else {
      result += here;
    }
  }
  return result;
}

/// The server's own log of what it is asked, with all values in their places.
class mariadb_plans final : public query_plans {
public:
  void begin() override {
    server_.run("mysql",
                {"SET GLOBAL log_output = 'TABLE'", "TRUNCATE TABLE general_log", "SET GLOBAL general_log = 1"});
  }
  ~mariadb_plans() override { server_.run("mysql", {"SET GLOBAL general_log = 0"}); }

  std::vector<std::string> full_scans(persistence::store& db) override {
    server_.run("mysql", {"SET GLOBAL general_log = 0"});
    const auto address = db.describe();
    const auto database = address.substr(address.rfind('/') + 1);
    std::vector<std::string> result;
    for (const auto& statement : statements())
      if (!is_allowed(statement))
        look_at(database, statement, result);
    return result;
  }

private:
  /// A few of each kind: which rows there are may decide what is asked of an index.
  std::vector<std::string> statements() {
    std::map<std::string, int> kinds;
    std::set<std::string> known;
    std::vector<std::string> result;
    // MariaDB writes four-byte characters as \xF0…, and may leave out the end of such a statement (10.11.19).
    for (const auto& row : server_.ask("mysql", "SELECT argument FROM general_log WHERE command_type = 'Execute' AND"
                                                " LENGTH(argument) < 20000 AND"
                                                " INSTR(argument, CONCAT(CHAR(92), 'xF0')) = 0 AND argument REGEXP"
                                                " '^(SELECT|UPDATE|DELETE|INSERT.*SELECT) '"))
      if (const auto kind = without_values(row[0]); !kind.empty() && known.insert(row[0]).second && ++kinds[kind] <= 3)
        result.push_back(row[0]);
    return result;
  }

  void look_at(const std::string& database, const std::string& statement, std::vector<std::string>& result) {
    const auto plan = server_.ask(database, "EXPLAIN " + statement);
    const auto sorts =
        std::any_of(plan.begin(), plan.end(), [](const auto& row) { return has(row.back(), "filesort"); });
    for (const auto& row : plan) {
      const auto &name = row[2], &type = row[3], &possible = row[4];
      const auto table = growing_table(name, statement);
      // Of a small table all is read though there is an index.
      if (!table.empty() && (type == "ALL" || type == "index") && possible.empty()
          && !wants_all_it_reads(statement, sorts))
        result.push_back(complaint(table, statement, type));
    }
  }

  mariadb_server& server_ = mariadb_server::shared();
};

} // namespace

std::unique_ptr<query_plans> watch_plans(const std::string& database) {
  if (database == "sqlite")
    return std::make_unique<sqlite_plans>();
  if (database == "mariadb" && mariadb_server::why_not().empty() && !mariadb_server::is_mysql())
    return std::make_unique<mariadb_plans>();
  return nullptr;
}

std::vector<std::string> references_without_index() {
  const auto db = newest_tables();
  auto found = db->ask("SELECT t.name, k.\"from\" FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) k WHERE"
                       " t.type = 'table' AND NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name) i"
                       " JOIN pragma_index_info(i.name) c WHERE c.seqno = 0 AND c.name = k.\"from\") ORDER BY 1, 2");
  std::vector<std::string> result;
  while (found.next())
    result.push_back(found.text(0) + "." + found.text(1));
  return result;
}

} // namespace salond::support
