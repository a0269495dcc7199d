// A private MariaDB for a test program: a server in a folder of its own that only this program reaches. Where
// SALOND_TEST_MYSQLD names a mysqld, as tools/mysql-server makes one, it is that MySQL in MariaDB's place.
#pragma once
#include "config/config.hpp"
#include "tests/support/process.hpp"
#include "tests/support/tables.hpp"
#include "tests/support/temporary_folder.hpp"
#include <memory>

namespace salond::support {

/// Runs from its construction until its end, or the test program's, however that ends. Throws std::runtime_error, with
/// the server's log where it has one. REQUIRES: started by a thread that lives on, or the server ends with that thread.
class mariadb_server {
public:
  /// Settings as they are installed: a commit is on the disk once it is answered. `more_options` go to the server; what
  /// only one of the two knows begins with --loose-.
  explicit mariadb_server(std::vector<std::string> more_options = {});
  mariadb_server(const mariadb_server&) = delete;
  mariadb_server& operator=(const mariadb_server&) = delete;
  ~mariadb_server();

  /// Why this machine cannot have one; empty where it can.
  static std::string why_not();
  /// Whether it is MySQL.
  static bool is_mysql();
  /// One for all tests of the program, quick: it survives kill -9, but no power cut. REQUIRES: why_not() is empty.
  static mariadb_server& shared();

  /// Starts it again on the data it left.
  void start();
  /// kill -9.
  void kill_hard();
  /// An orderly shutdown.
  void stop();
  /// SIGSTOP and SIGCONT: between them it neither answers nor breaks connections.
  void freeze();
  void resume();

  /// A new, empty database, for a user who has all rights in it, none elsewhere, and no password.
  config::mysql_database new_database(const std::string& options = "");
  /// The same database for root, who has no password either.
  config::mysql_database as_root(const std::string& database = "mysql") const;

  /// What the functions below do, as root; several statements in one session, in which the replaced server's tables can
  /// be made.
  void run(const std::string& database, const std::vector<std::string>& statements) const;
  rows ask(const std::string& database, const std::string& sql) const;
  std::string dump(const std::string& database) const;

  const std::string& socket() const { return socket_; }
  pid_t pid() const { return process_->pid(); }
  std::string log() const;

private:
  void wait_until_ready();

  temporary_folder folder_;
  std::vector<std::string> command_;
  std::string socket_;
  std::unique_ptr<process> process_;
  int databases_ = 0;
};

/// Runs one statement.
void execute_mysql(const config::mysql_database& where, const std::string& sql);
/// Asks one question. NULL is an empty text. Throws std::runtime_error.
rows ask_mysql(const config::mysql_database& where, const std::string& sql);
/// Runs statements in one session; what the server warns of at the last: level, code, text. Throws std::runtime_error.
rows warnings_of(const config::mysql_database& where, const std::vector<std::string>& statements);
/// Runs a file of statements, such as a dump, through the client program. REQUIRES: `where` has a socket.
void run_mysql_script(const config::mysql_database& where, const std::string& path);
/// All tables with all their rows, as a text that is the same for the same content.
std::string dump_mysql(const config::mysql_database& where);
/// Leaves no table in a database.
void empty_mysql(const config::mysql_database& where);

} // namespace salond::support
