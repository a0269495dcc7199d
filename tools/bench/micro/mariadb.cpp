// MariaDB: groups through the store, beside the connector alone.
#include "persistence/mysql/classes.hpp"
#include "tools/bench/micro/groups.hpp"
#include "tools/bench/private_mariadb.hpp"
#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/statement.h>
#include <map>

namespace {

using namespace salond;
namespace mysql = salond::persistence::mysql;

struct database {
  bench::private_mariadb server{std::nullopt};
  bench::filled_database filled{server.make("groups")};
};

database& the_database() {
  static database database;
  return database;
}

/// A connection that stores rows by multi-row statements.
class bare_connection {
public:
  explicit bare_connection(database& into) : into_(into.filled) {
    sql::ConnectOptionsMap options;
    options["hostName"] = sql::SQLString("unix://" + into.server.socket());
    options["userName"] = sql::SQLString("root");
    options["schema"] = sql::SQLString("groups");
    options["OPT_CHARSET_NAME"] = sql::SQLString("utf8mb4");
    connection_.reset(get_driver_instance()->connect(options));
    execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
    execute("INSERT IGNORE INTO writers(node_id, batch) VALUES (2, 0)"); // the store's own is the first
    marker_.reset(connection_->prepareStatement(
        "UPDATE writers SET batch = batch + ? WHERE node_id = ? AND batch >= ? AND fenced = 0"));
  }
  bare_connection(const bare_connection&) = delete;
  bare_connection& operator=(const bare_connection&) = delete;
  ~bare_connection() {
    inserts_.clear(); // before their connection
    marker_.reset();
  }

  void execute(const char* text) {
    const std::unique_ptr<sql::Statement> statement(connection_->createStatement());
    statement->execute(text);
  }

  void move_marker() {
    marker_->setInt64(1, 1);
    marker_->setInt64(2, 2);
    marker_->setInt64(3, 0);
    marker_->executeUpdate();
  }

  void insert(int64_t rows) {
    static const sql::SQLString text(std::string(bench::text_bytes, 'a'));
    auto& prepared = inserts_[rows];
    if (!prepared) {
      std::string sql = "INSERT INTO messages(client_id, salon_id, seq, contenu, created_ms) VALUES (?,?,?,?,?)";
      for (int64_t i = 1; i < rows; ++i)
        sql += ",(?,?,?,?,?)";
      prepared.reset(connection_->prepareStatement(sql));
    }
    unsigned at = 0;
    for (int64_t i = 0; i < rows; ++i) {
      prepared->setInt64(++at, into_.author.value);
      prepared->setInt64(++at, into_.salon.value);
      prepared->setInt64(++at, ++into_.last_seq);
      prepared->setString(++at, text);
      prepared->setInt64(++at, 1);
    }
    prepared->executeUpdate();
  }

private:
  bench::filled_database& into_;
  std::unique_ptr<sql::Connection> connection_;
  std::unique_ptr<sql::PreparedStatement> marker_;
  std::map<int64_t, std::unique_ptr<sql::PreparedStatement>> inserts_;
};

void mariadb_groups(benchmark::State& state) {
  auto& into = the_database();
  bare_connection in_transactions{into}, alone{into};
  in_transactions.execute("SET SESSION autocommit = 0");
  bench::compare_groups(
      state, into.filled,
      [&](int64_t rows) {
        in_transactions.move_marker();
        mysql::in_classes(mysql::insert_classes, static_cast<size_t>(rows),
                          [&](size_t, size_t count) { in_transactions.insert(static_cast<int64_t>(count)); });
        in_transactions.execute("COMMIT");
      },
      [&](int64_t rows) { alone.insert(rows); });
}

void mariadb_history(benchmark::State& state) {
  bench::read_history(state, the_database().filled);
}

void mariadb_history_beside_groups(benchmark::State& state) {
  bench::read_history_beside_groups(state, the_database().filled);
}

BENCHMARK(mariadb_groups)->Apply(bench::group_sizes);
BENCHMARK(mariadb_history)->Apply(bench::by_the_wall);
BENCHMARK(mariadb_history_beside_groups)->Apply(bench::by_the_wall);

} // namespace
