// The tables in MySQL and MariaDB, the steps that lead to them, and what information_schema says of a database.
// Every DDL statement commits by itself there, so a step is a list of statements, each behind a look at what is there;
// the version is written last.
#pragma once
#include "persistence/mysql/connection.hpp"
#include "persistence/open.hpp"
#include <set>

namespace salond::persistence::mysql {

/// A column as information_schema describes it, in lower case but for the default.
struct column {
  std::string type;      ///< "int", "varchar", ...: the kind alone
  std::string collation; ///< empty where there is none
  bool nullable = false;
  bool has_default = false;
};

/// A foreign key of one column, all in lower case but for the name; of several columns the last.
struct foreign_key {
  std::string name, column, to, to_column;
  bool deletes = false; ///< the row goes with the one that it refers to
  bool follows = false; ///< the column changes with it
  bool operator==(const foreign_key& other) const {
    return name == other.name && column == other.column && to == other.to && to_column == other.to_column
           && deletes == other.deletes && follows == other.follows;
  }
};

/// What a database holds. Asks information_schema anew each time: after a crash that alone is the truth.
class catalog {
public:
  explicit catalog(connection& of) : of_(of) {}

  std::set<std::string> tables();
  /// "BASE TABLE", "VIEW", ... and the engine.
  std::pair<std::string, std::string> kind_of(const std::string& table);
  std::set<std::string> columns(const std::string& table);
  std::optional<column> find_column(const std::string& table, const std::string& name);
  bool has_index(const std::string& table, const std::string& name);
  /// Whether there is a unique index of that name over just these columns, whole.
  bool has_unique(const std::string& table, const std::string& name, const std::vector<std::string>& columns);
  /// Names of all indexes but the primary key, and of those that are not unique.
  std::set<std::string> indexes(const std::string& table);
  std::set<std::string> plain_indexes(const std::string& table);
  std::vector<foreign_key> foreign_keys(const std::string& table);

private:
  connection& of_;
};

/// Who may change tables: held from before the first look until the object ends. Throws `setup` when another one keeps
/// it for a minute (an ALTER goes on in the server after its client died, and keeps it until then).
class migration_lock {
public:
  explicit migration_lock(connection& on);
  migration_lock(const migration_lock&) = delete;
  migration_lock& operator=(const migration_lock&) = delete;
  ~migration_lock();

private:
  connection& on_;
};

/// A comment in each statement that waits for the lock, so that another salond can tell us from a foreign client.
extern const char* const lock_mark;

/// What a database is, judged by its tables and columns alone.
enum class condition {
  empty,       ///< no table, or tables of ours that a first start did not finish
  replaced,    ///< the replaced server's
  taking_over, ///< a take-over began and did not finish
  ours,
  newer,   ///< of a salond that knows more
  foreign, ///< anything else
};
struct finding {
  condition state = condition::foreign;
  int64_t version = 0; ///< of ours
  std::string why;     ///< what differs, where it is foreign
};
finding recognise(connection& db);

/// Whether a table of this name is one that salond or the replaced server makes.
bool is_table_of_ours(const std::string& name);
/// Whether one of the four tables of the replaced server has a column of this name, or gets one. In lower case.
bool is_column_of_ours(const std::string& table, const std::string& column);

/// The tables beside the four old ones, all with IF NOT EXISTS.
void create_new_tables(connection& db);
/// All tables and the five salons in an empty database, or in one where this did not finish.
void create_all(connection& db);
/// The steps after `version`, one sentence each.
std::vector<std::string> steps_after(int64_t version);
/// Runs them. REQUIRES: the lock.
void migrate(connection& db, int64_t version, const reporter& report);
/// Writes what usernames look like where it is not written yet. REQUIRES: the newest schema, a transaction.
void fill_looks(connection& db);
/// Remembers that a version is reached.
void record_version(connection& db, int64_t version, const std::string& name);

/// Definitions that the take-over shares with an empty database.
extern const char* const table_options;
extern const char* const create_versions;
extern const char* const create_repairs;
extern const char* const create_deleted_memberships;

} // namespace salond::persistence::mysql
