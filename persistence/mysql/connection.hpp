// A connection to MySQL or MariaDB through MySQL Connector/C++, whose raw pointers and exceptions end here.
// Transactions are the texts START TRANSACTION, COMMIT and ROLLBACK: the connector's methods of these names return
// normally on a dead connection.
#pragma once
#include "config/config.hpp"
#include "persistence/mysql/errors.hpp"
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace sql {
class Connection;
class PreparedStatement;
class ResultSet;
} // namespace sql

namespace salond::persistence::mysql {

struct session_variable;

/// How patient a connection is, and who looks on.
struct tuning {
  std::chrono::seconds connect_timeout{5};
  std::chrono::seconds read_timeout{15};     ///< of each read from the socket; 0: none
  std::chrono::seconds lock_wait_timeout{5}; ///< shorter than read_timeout, so that the server says it first
  std::chrono::seconds beat_timeout{2};      ///< both of a run's other connections; half of it for a row
  int64_t node_id = 1;                       ///< which row of `writers` is ours: lone_writer, or that of a run
  std::string node_name = {};                ///< of a run: what its node is called
  /// Called after each statement was answered, be it by an error, and after each try to connect.
  std::function<void()> answered = {};
  /// Of a run's writer: called after a transaction that wrote news was committed.
  std::function<void()> wrote_news = {};
  /// Called before each statement goes out; what it throws, the caller of the statement gets.
  std::function<void(const std::string& statement)> before_statement;
};

/// A parameter of a statement. Bytes of any kind are strings.
using value = std::variant<std::nullptr_t, int64_t, std::string>;

/// The answer to a question, row by row. REQUIRES: ends before the same statement is asked again (both would share one
/// buffer) and before its connection.
class result {
public:
  result(std::unique_ptr<sql::ResultSet> rows);
  result(result&&) noexcept;
  ~result();

  /// Goes to the next row; false when there is none.
  bool next();
  /// Columns of the present row, from 0. NULL reads as 0 and "".
  int64_t integer(unsigned column) const;
  std::string text(unsigned column) const;
  bool is_null(unsigned column) const;

private:
  std::unique_ptr<sql::ResultSet> rows_;
};

/// Used by one thread at a time. All functions throw mysql::error.
class connection {
public:
  /// Connects with the variables of session.hpp, utf8mb4_bin and READ COMMITTED (REPEATABLE READ where the server
  /// writes its log as statements, since it then refuses to write at the former). With a ca_file nothing goes over the
  /// wire in clear.
  connection(const config::mysql_database& where, const tuning& settings);
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection();

  /// Runs a statement as text: transactions, DDL, locks.
  void execute(const std::string& statement);
  /// Runs a prepared statement; answers how many rows it met, changed or not.
  int64_t run(const std::string& statement, const std::vector<value>& parameters = {});
  /// Asks a prepared statement.
  result ask(const std::string& statement, const std::vector<value>& parameters = {});
  /// The first column of the first row of the answer; nothing for NULL or no row.
  std::optional<int64_t> number(const std::string& statement, const std::vector<value>& parameters = {});
  std::optional<std::string> word(const std::string& statement, const std::vector<value>& parameters = {});

  int64_t last_insert_id();
  /// What the server has to say besides of the last statement that execute() sent, be it of its error.
  std::vector<std::string> warnings();
  /// The name of the lock that this session holds until the server has ended it. Unlike its number no other session
  /// ever has it, so that after a loss exactly this session can be found and ended.
  const std::string& session_lock() const { return session_lock_; }
  /// The greatest packet that the server takes, in bytes.
  size_t max_packet() const { return max_packet_; }
  /// "MariaDB 10.11.19": the server and its version.
  const std::string& server() const { return server_; }

private:
  sql::PreparedStatement& prepared(const std::string& statement, const std::vector<value>& parameters);
  void set_up(const config::mysql_database& where);
  void set_variables(const std::vector<session_variable>& which);

  std::function<void(const std::string&)> before_statement_;
  std::function<void()> answered_;
  std::unique_ptr<sql::Connection> connection_;
  std::unordered_map<std::string, std::unique_ptr<sql::PreparedStatement>> prepared_; // end before the connection
  std::string session_lock_, server_;
  size_t max_packet_ = 0;
};

/// A transaction that is undone unless it was committed.
class transaction {
public:
  explicit transaction(connection& on);
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  ~transaction();
  void commit();

private:
  connection& on_;
  bool open_ = true;
};

/// "mysql://user@host/name": never the password.
std::string address_of(const config::mysql_database& where);

} // namespace salond::persistence::mysql
