#include "persistence/mysql/open.hpp"
#include "persistence/backup/backup.hpp"
#include "persistence/mysql/cluster/joining.hpp"
#include "persistence/mysql/driver.hpp"
#include "persistence/mysql/obstacles.hpp"
#include "persistence/mysql/takeover.hpp"
#include "persistence/sql/sql_store.hpp"

namespace salond::persistence {
namespace {

[[noreturn]] void refuse_foreign(const config::mysql_database& where, const mysql::finding& found) {
  const auto address = mysql::address_of(where);
  if (found.state == mysql::condition::newer)
    throw store_error(store_error::kind::setup, "the database " + address + " was made by a newer salond (schema "
                                                    + std::to_string(found.version)
                                                    + "); install that one or restore a backup");
  throw store_error(store_error::kind::setup,
                    "the database " + address + " is neither empty, nor ours, nor the replaced server's: " + found.why
                        + "; name another one in `db`. Nothing was changed");
}

// An ALTER of a big table may take minutes, so nothing there may time out but the way to the server.
mysql::tuning unhurried(mysql::tuning tuning) {
  tuning.read_timeout = std::chrono::hours(24);
  tuning.lock_wait_timeout = std::chrono::minutes(2);
  return tuning;
}

// The step that made the table of nodes.
constexpr int64_t knows_nodes = 10;

// What salond holds at once at most, a start or a failover included.
constexpr int64_t connections_alone = 4, connections_of_a_node = 6;

/// Whoever writes there would be disturbed by a change of the tables.
void refuse_writer_at_work(mysql::connection& db, const config::mysql_database& where) {
  if (const auto holder = mysql::who_writes_alone(db))
    throw store_error(store_error::kind::setup, mysql::another_writes(mysql::address_of(where), *holder));
}

void refuse_few_connections(mysql::connection& db, const config::mysql_database& where, int64_t needed) {
  for (const auto& why : mysql::obstacles_to_any_start(db, needed))
    throw store_error(store_error::kind::setup, "the database " + mysql::address_of(where) + ": " + why);
}

/// The steps of a database that is ours or empty; all that keeps them from being made is refused. Changes nothing.
std::vector<std::string> possible_steps(mysql::connection& db, int64_t version) {
  auto steps = mysql::steps_after(version);
  if (!steps.empty())
    mysql::refuse_obstacles(mysql::obstacles_to_any_change(db));
  return steps;
}

/// `alone`: nobody else may be at work there.
void make_ready(const config::mysql_database& where, const reporter& report, const mysql::tuning& tuning, bool alone) {
  mysql::connection db(where, unhurried(tuning));
  const mysql::migration_lock lock(db); // first: where another one is at work, its tables may look like anything
  // Rows of the replaced server, and columns of others, may hold the date 0000-00-00, which must not stop an ALTER.
  db.execute("SET SESSION sql_mode='STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'");
  refuse_few_connections(db, where, alone ? connections_alone : connections_of_a_node);
  const auto found = mysql::recognise(db);
  switch (found.state) {
  case mysql::condition::foreign:
  case mysql::condition::newer: refuse_foreign(where, found);
  case mysql::condition::replaced:
  case mysql::condition::taking_over: mysql::apply_takeover(db, report); return mysql::migrate(db, 1, report);
  case mysql::condition::empty:
  case mysql::condition::ours:
    if (alone && found.version >= knows_nodes)
      mysql::refuse_living_nodes(db, mysql::address_of(where));
    if (alone || !mysql::steps_after(found.version).empty())
      refuse_writer_at_work(db, where);
    possible_steps(db, found.version);
    return mysql::migrate(db, found.version, report);
  }
}

// A run that waits for long is taken for lost: another one may hold a row for as long as its transaction takes.
mysql::tuning of_run(mysql::tuning tuning, const open_options& options) {
  tuning.node_id = options.run;
  tuning.node_name = options.node;
  tuning.lock_wait_timeout = std::min(tuning.lock_wait_timeout, std::chrono::seconds{1});
  tuning.answered = options.writer_answered;
  tuning.wrote_news = options.wrote_news;
  return tuning;
}

// Errors of the way to the database as open() promises them.
template <class Work>
auto opened(const config::mysql_database& where, Work work) {
  try {
    return work();
  } catch (const mysql::error& why) {
    throw mysql::at_start(why, mysql::address_of(where));
  }
}

} // namespace

std::unique_ptr<store> open_mysql(const config::mysql_database& where, const open_options& options,
                                  const mysql::tuning& tuning) {
  return opened(where, [&] {
    const bool alone = options.run == lone_writer;
    if (alone)
      make_ready(where, options.report, tuning, true);
    auto settings = tuning;
    if (!alone)
      settings = of_run(std::move(settings), options);
    auto opened =
        std::make_unique<mysql_driver>(where, settings, mysql_driver::purpose::write, options.patience, options.warn);
    opened->open_readers(readers_opened);
    return std::make_unique<sql_store>(std::move(opened));
  });
}

joined_node join_mysql(const config::mysql_database& where, const open_options& options, const node_entry& who,
                       const mysql::tuning& tuning) {
  return opened(where, [&] {
    make_ready(where, options.report, tuning, false);
    return mysql::join_nodes(where, who, options, tuning);
  });
}

// Alone, as --migrate-only is.
std::vector<std::string> dry_run_mysql(const config::mysql_database& where, const open_options&) {
  return opened(where, [&]() -> std::vector<std::string> {
    mysql::connection db(where, unhurried({}));
    const mysql::migration_lock lock(db); // where another one is at work, its tables may look like anything
    refuse_few_connections(db, where, connections_alone);
    const auto found = mysql::recognise(db);
    switch (found.state) {
    case mysql::condition::foreign:
    case mysql::condition::newer: refuse_foreign(where, found);
    case mysql::condition::replaced: return mysql::describe_takeover(db);
    case mysql::condition::taking_over:
      mysql::refuse_other_clients(db);
      mysql::refuse_obstacles(mysql::obstacles_to_takeover(db));
      return {"take-over: finish the one that was interrupted"};
    case mysql::condition::empty:
    case mysql::condition::ours: break;
    }
    if (found.version >= knows_nodes)
      mysql::stopped_nodes(db, mysql::address_of(where));
    refuse_writer_at_work(db, where);
    return possible_steps(db, found.version);
  });
}

namespace {

/// Whether tables that may lack some, or columns, hold no more than those of a new database: whoever made them was
/// interrupted, and may begin again.
bool hold_nothing(mysql::connection& db) {
  const auto there = mysql::catalog(db).tables();
  for (const auto& table : stored_tables()) {
    if (!there.count(table.name))
      continue;
    const auto allowed = static_cast<int64_t>(rows_of_a_new_database(table));
    const auto some = std::string("SELECT 1 FROM ") + table.name + " LIMIT " + std::to_string(allowed + 1);
    if (db.number("SELECT COUNT(*) FROM (" + some + ") AS some").value_or(0) > allowed)
      return false;
  }
  return true;
}

} // namespace

bool is_empty_mysql(const config::mysql_database& where, const open_options& options) {
  return opened(where, [&] {
    mysql::connection db(where, {});
    const auto found = mysql::recognise(db);
    if (found.state == mysql::condition::empty)
      return true;
    if (found.state != mysql::condition::ours)
      return false;
    if (!mysql::steps_after(found.version).empty())
      return hold_nothing(db);
    sql_store look(std::make_unique<mysql_driver>(where, mysql::tuning{}, mysql_driver::purpose::read, options.patience,
                                                  options.warn));
    bool result = false;
    look.read([&](const reading& db) { result = is_untouched(db); });
    return result;
  });
}

} // namespace salond::persistence
