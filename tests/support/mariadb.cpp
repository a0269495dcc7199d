#include "tests/support/mariadb.hpp"
#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>
#include <cppconn/statement.h>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace salond::support {

namespace fs = std::filesystem;

namespace {

constexpr auto start_time = 60s;
constexpr const char* user_name = "salond";
// Small, for each test program copies it; the same for installing and running.
constexpr const char* log_size = "--innodb-log-file-size=8M";
constexpr const char* mysql_log_size = "--innodb-redo-log-capacity=8M";

// Debian's server programs are not on a user's PATH.
std::optional<std::string> find_program(const std::string& name) {
  for (const auto* folder : {"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/", "/usr/local/bin/"})
    if (::access((folder + name).c_str(), X_OK) == 0)
      return folder + name;
  return std::nullopt;
}

/// The MySQL that is tested in MariaDB's place, if any.
std::optional<std::string> mysql_program() {
  const auto* program = std::getenv("SALOND_TEST_MYSQLD");
  return program && *program ? std::optional<std::string>(program) : std::nullopt;
}

std::string server_program() {
  const auto mysql = mysql_program();
  return mysql ? *mysql : find_program("mariadbd").value();
}

// root has to say so; any other user just runs it.
std::vector<std::string> with_user(std::vector<std::string> arguments) {
  if (::geteuid() == 0)
    arguments.emplace_back("--user=root");
  return arguments;
}

// A starting server removes what looks like a left-over table from its folder for temporary ones; in a shared /tmp that
// is another server's, which then crashes. So each has its own.
std::string own_temporary_folder(const fs::path& data) {
  return "--tmpdir=" + data.parent_path().string();
}

// --force: on a bare system nothing knows the names of this machine, and none is needed.
void install(const fs::path& data, const temporary_folder& logs) {
  const auto mysql = mysql_program();
  std::vector<std::string> command{mysql ? *mysql : find_program("mariadb-install-db").value(), "--no-defaults",
                                   "--datadir=" + data.string(), own_temporary_folder(data)};
  const std::vector<std::string> more =
      mysql
          ? std::vector<std::string>{"--initialize-insecure", mysql_log_size}
          : std::vector<std::string>{"--force", "--auth-root-authentication-method=normal", "--skip-test-db", log_size};
  command.insert(command.end(), more.begin(), more.end());
  process installer(with_user(command), {}, logs / "install.out", logs / "install.err");
  if (installer.wait(start_time) != 0)
    throw std::runtime_error("the installation of the database failed: " + installer.output() + installer.errors());
}

// Each test of ctest is a program of its own, and installing takes longer than most tests: so what was installed is
// kept beside the programs, and copied.
fs::path kept_data() {
  struct stat program {};
  ::stat(server_program().c_str(), &program);
  return fs::canonical("/proc/self/exe").parent_path()
         / ((mysql_program() ? "mysql-data-" : "mariadb-data-") + std::to_string(program.st_mtime));
}

void keep(const fs::path& data) {
  const auto kept = kept_data();
  const fs::path half = kept.string() + "." + std::to_string(::getpid());
  std::error_code failed; // then the next program installs anew
  fs::copy(data, half, fs::copy_options::recursive, failed);
  if (!failed)
    fs::rename(half, kept, failed);
  if (failed)
    fs::remove_all(half, failed);
}

void make_data(const fs::path& data, const temporary_folder& logs) {
  const auto kept = kept_data();
  if (::access((kept / "ibdata1").c_str(), R_OK | W_OK) == 0)
    return fs::copy(kept, data, fs::copy_options::recursive);
  install(data, logs);
  keep(data);
}

std::unique_ptr<sql::Connection> connect(const config::mysql_database& where) {
  const auto address =
      where.socket.empty() ? "tcp://" + where.host + ":" + std::to_string(where.port) : "unix://" + where.socket;
  sql::ConnectOptionsMap options;
  options["hostName"] = sql::SQLString(address);
  options["userName"] = sql::SQLString(where.user);
  options["password"] = sql::SQLString(where.password);
  options["schema"] = sql::SQLString(where.name);
  options["OPT_CHARSET_NAME"] = sql::SQLString("utf8mb4");
  options["OPT_CONNECT_TIMEOUT"] = 5;
  options["OPT_READ_TIMEOUT"] = 60;
  // The connector asks for variables as soon as it is connected, also where a test made the server refuse that.
  options["preInit"] = sql::SQLString("SET SESSION sql_big_selects = 1, max_join_size = 18446744073709551615");
  static sql::Driver* const driver = get_driver_instance();
  return std::unique_ptr<sql::Connection>(driver->connect(options));
}

// Runs `what` with a statement on a new connection, which leaves the server with the answer.
template <class What>
auto with_statement(const config::mysql_database& where, const std::string& sql, What use) {
  try {
    const auto on = connect(where);
    const std::unique_ptr<sql::Statement> statement(on->createStatement());
    return use(*statement);
  } catch (const sql::SQLException& why) {
    throw std::runtime_error(std::string(why.what()) + " in: " + sql);
  }
}

rows rows_of(sql::Statement& statement, const std::string& question) {
  const std::unique_ptr<sql::ResultSet> found(statement.executeQuery(question));
  const auto columns = found->getMetaData()->getColumnCount();
  rows result;
  while (found->next()) {
    auto& row = result.emplace_back();
    for (unsigned column = 1; column <= columns; ++column)
      row.push_back(found->isNull(column) ? "" : found->getString(column).asStdString());
  }
  return result;
}

} // namespace

// --- the server ---

mariadb_server::mariadb_server(std::vector<std::string> more_options) : socket_(folder_ / "s") {
  if (const auto why = why_not(); !why.empty())
    throw std::runtime_error(why);
  const auto data = folder_ / "data";
  make_data(data, folder_);
  command_ = with_user({server_program(), "--no-defaults", "--datadir=" + data.string(), own_temporary_folder(data),
                        "--socket=" + socket_, "--pid-file=" + (folder_ / "pid").string(),
                        "--log-error=" + (folder_ / "log.err").string(), "--skip-networking",
                        "--innodb-buffer-pool-size=64M", "--character-set-server=utf8mb4",
                        "--collation-server=utf8mb4_bin", mysql_program() ? mysql_log_size : log_size});
  command_.insert(command_.end(), more_options.begin(), more_options.end());
  start();
}

mariadb_server::~mariadb_server() {
  process_.reset(); // before its folder
}

std::string mariadb_server::why_not() {
  if (const auto mysql = mysql_program())
    return ::access(mysql->c_str(), X_OK) == 0 ? "" : "SALOND_TEST_MYSQLD names no program: " + *mysql;
  for (const auto* program : {"mariadbd", "mariadb-install-db"})
    if (!find_program(program))
      return std::string(program) + " is not installed: apt install mariadb-server-core mariadb-client-core";
  return {};
}

bool mariadb_server::is_mysql() {
  return mysql_program().has_value();
}

mariadb_server& mariadb_server::shared() {
  static mariadb_server the_server({"--innodb-flush-log-at-trx-commit=2", "--innodb-doublewrite=OFF"});
  return the_server;
}

void mariadb_server::start() {
  process_ = std::make_unique<process>(command_, std::vector<std::string>{}, folder_ / "out", folder_ / "err");
  wait_until_ready();
}

void mariadb_server::wait_until_ready() {
  std::string why = "it ended";
  const auto ready = [&] {
    try {
      connect(as_root());
      return true;
    } catch (const sql::SQLException& refused) {
      why = refused.what();
    }
    return !process_->running();
  };
  if (!eventually(ready, start_time) || !process_->running())
    throw std::runtime_error("the database server did not start: " + why + "\n" + log());
}

void mariadb_server::kill_hard() {
  process_->send(SIGKILL);
  process_->wait();
}

void mariadb_server::stop() {
  process_->send(SIGTERM);
  if (process_->wait(start_time) != 0)
    throw std::runtime_error("the database server did not stop in order:\n" + log());
}

void mariadb_server::freeze() {
  process_->send(SIGSTOP);
}

void mariadb_server::resume() {
  process_->send(SIGCONT);
}

std::string mariadb_server::log() const {
  return read_file(folder_ / "log.err") + process_->errors();
}

config::mysql_database mariadb_server::new_database(const std::string& options) {
  const auto name = "salond-test-" + std::to_string(++databases_);
  const auto user = std::string(user_name) + "@localhost";
  run("mysql", {"CREATE DATABASE `" + name + "` " + options, "CREATE USER IF NOT EXISTS " + user,
                "GRANT ALL ON `" + name + "`.* TO " + user});
  auto where = as_root(name);
  where.user = user_name;
  return where;
}

config::mysql_database mariadb_server::as_root(const std::string& database) const {
  config::mysql_database where;
  where.user = "root";
  where.host = "localhost";
  where.name = database;
  where.socket = socket_;
  return where;
}

void mariadb_server::run(const std::string& database, const std::vector<std::string>& statements) const {
  constexpr int unknown_variable = 1193;
  const auto on = connect(as_root(database));
  const std::unique_ptr<sql::Statement> statement(on->createStatement());
  try { // MySQL 8.4 and later refuse the replaced server's tables else
    statement->execute("SET SESSION restrict_fk_on_non_standard_key = OFF");
  } catch (const sql::SQLException& why) {
    if (why.getErrorCode() != unknown_variable)
      throw;
  }
  for (const auto& text : statements)
    try {
      statement->execute(text);
    } catch (const sql::SQLException& why) {
      throw std::runtime_error(std::string(why.what()) + " in: " + text);
    }
}

rows mariadb_server::ask(const std::string& database, const std::string& sql) const {
  return ask_mysql(as_root(database), sql);
}

std::string mariadb_server::dump(const std::string& database) const {
  return dump_mysql(as_root(database));
}

// --- what stands in it ---

void execute_mysql(const config::mysql_database& where, const std::string& sql) {
  with_statement(where, sql, [&](sql::Statement& statement) { statement.execute(sql); });
}

rows ask_mysql(const config::mysql_database& where, const std::string& sql) {
  return with_statement(where, sql, [&](sql::Statement& statement) { return rows_of(statement, sql); });
}

rows warnings_of(const config::mysql_database& where, const std::vector<std::string>& statements) {
  return with_statement(where, statements.back(), [&](sql::Statement& statement) {
    for (const auto& sql : statements)
      statement.execute(sql);
    return rows_of(statement, "SHOW WARNINGS"); // which MySQL does not prepare
  });
}

void run_mysql_script(const config::mysql_database& where, const std::string& path) {
  const temporary_folder logs;
  process client({find_program("mariadb").value_or("mariadb"), "--no-defaults", "--default-character-set=utf8mb4",
                  "--socket=" + where.socket, "--user=" + where.user, "--execute=source " + path, where.name},
                 {"MYSQL_PWD=" + where.password}, logs / "out", logs / "err");
  if (client.wait(start_time) != 0 || !client.errors().empty())
    throw std::runtime_error(path + ": " + client.errors());
}

std::string dump_mysql(const config::mysql_database& where) {
  std::string result;
  for (const auto& table : ask_mysql(where, "SELECT table_name FROM information_schema.tables "
                                            "WHERE table_schema = DATABASE() ORDER BY table_name")) {
    result += ask_mysql(where, "SHOW CREATE TABLE `" + table[0] + "`").at(0).at(1) + "\n";
    for (const auto& row : sorted(ask_mysql(where, "SELECT * FROM `" + table[0] + "`"))) {
      for (const auto& field : row)
        result += "| " + field + " ";
      result += "\n";
    }
  }
  return result;
}

void empty_mysql(const config::mysql_database& where) {
  std::string names;
  for (const auto& table : ask_mysql(where, "SELECT table_name FROM information_schema.tables "
                                            "WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'"))
    names += (names.empty() ? "`" : ", `") + table[0] + "`";
  if (names.empty())
    return;
  with_statement(where, "DROP TABLE", [&](sql::Statement& statement) {
    statement.execute("SET foreign_key_checks = 0");
    statement.execute("DROP TABLE " + names);
  });
}

} // namespace salond::support
