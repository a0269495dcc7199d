#include "persistence/mysql/connection.hpp"
#include "persistence/mysql/session.hpp"
#include <algorithm>
#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/resultset.h>
#include <cppconn/statement.h>
#include <mutex>
#include <random>

namespace salond::persistence::mysql {
namespace {

sql::Driver& driver() {
  // The connector's own first call is a race between threads.
  static std::once_flag once;
  static sql::Driver* the_driver = nullptr;
  std::call_once(once, [] { the_driver = get_driver_instance(); });
  return *the_driver;
}

struct thread_visit {
  thread_visit() { driver().threadInit(); }
  ~thread_visit() { driver().threadEnd(); }
};

// The connector wants to hear of each thread that uses it, once.
void visit_from_this_thread() {
  thread_local const thread_visit here;
  (void)here;
}

// Does `work`, turning the connector's exceptions into ours.
template <class Work>
auto guarded(Work work) {
  visit_from_this_thread();
  try {
    return work();
  } catch (const sql::SQLException& why) {
    throw error(why.getErrorCode(), why.what());
  }
}

std::string random_name() {
  std::random_device source;
  std::string name;
  for (int i = 0; i < 24; ++i)
    name += "0123456789abcdef"[source() % 16];
  return name;
}

std::string setting_common_variables(const tuning& settings) {
  std::string values;
  for (const auto& variable : common_variables(settings.lock_wait_timeout.count()))
    values += (values.empty() ? "SET SESSION " : ", ") + variable.name + " = " + variable.value;
  return values;
}

/// Says at its end that there was an answer.
struct answer_to {
  const std::function<void()>& told;
  ~answer_to() {
    if (told)
      told();
  }
};

sql::ConnectOptionsMap options_of(const config::mysql_database& where, const tuning& settings) {
  const bool ipv6 = where.host.find(':') != std::string::npos;
  const auto host = ipv6 ? "[" + where.host + "]" : where.host;
  const auto address =
      where.socket.empty() ? "tcp://" + host + ":" + std::to_string(where.port) : "unix://" + where.socket;
  sql::ConnectOptionsMap options;
  options["hostName"] = sql::SQLString(address);
  options["userName"] = sql::SQLString(where.user);
  options["password"] = sql::SQLString(where.password);
  options["schema"] = sql::SQLString(where.name);
  options["OPT_CHARSET_NAME"] = sql::SQLString("utf8mb4");
  options["OPT_CONNECT_TIMEOUT"] = static_cast<int>(settings.connect_timeout.count());
  options["OPT_READ_TIMEOUT"] = static_cast<int>(settings.read_timeout.count());
  options["OPT_WRITE_TIMEOUT"] = static_cast<int>(settings.read_timeout.count());
  options["OPT_RECONNECT"] = false;    // would silently lose transaction, locks and variables
  options["OPT_LOCAL_INFILE"] = 0;     // on by default: the server may ask for any of our files
  options["CLIENT_FOUND_ROWS"] = true; // "1 row" is a proof here, also where the row was so before
  if (!where.ca_file.empty()) {
    options["sslVerify"] = true; // the only option that insists
    options["sslCA"] = sql::SQLString(where.ca_file);
  }
  return options;
}

} // namespace

std::string address_of(const config::mysql_database& where) {
  const auto place = where.socket.empty() ? where.host + ":" + std::to_string(where.port) : where.socket;
  return "mysql://" + where.user + "@" + place + "/" + where.name;
}

// --- result ---

result::result(std::unique_ptr<sql::ResultSet> rows) : rows_(std::move(rows)) {}
result::result(result&&) noexcept = default;
result::~result() = default;

bool result::next() {
  return guarded([&] { return rows_->next(); });
}

int64_t result::integer(unsigned column) const {
  return guarded([&] { return rows_->getInt64(column + 1); }); // getInt cuts silently
}

std::string result::text(unsigned column) const {
  return guarded([&] { return rows_->getString(column + 1).asStdString(); });
}

bool result::is_null(unsigned column) const {
  return guarded([&] { return rows_->isNull(column + 1); });
}

// --- connection ---

connection::connection(const config::mysql_database& where, const tuning& settings)
    : before_statement_(settings.before_statement), answered_(settings.answered) {
  const answer_to end{answered_};
  guarded([&] {
    auto options = options_of(where, settings);
    // Before anything is asked, by the connector too, which looks for variables of its own as soon as it is connected:
    // a server with max_join_size = 1 refuses that.
    const auto first = setting_common_variables(settings);
    if (before_statement_)
      before_statement_(first);
    options["preInit"] = sql::SQLString(first);
    connection_.reset(driver().connect(options));
  });
  set_up(where);
}

connection::~connection() {
  visit_from_this_thread();
  prepared_.clear();
}

void connection::set_up(const config::mysql_database& where) {
  execute("SET NAMES utf8mb4 COLLATE utf8mb4_bin");
  if (!where.ca_file.empty()) {
    auto cipher = ask("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
    if (!cipher.next() || cipher.text(1).empty())
      throw store_error(store_error::kind::setup, "the database does not speak TLS, which tls=ca: demands");
  }
  const auto version = word("SELECT VERSION()").value_or("");
  const bool mariadb = version.find("MariaDB") != std::string::npos;
  server_ = (mariadb ? "MariaDB " : "MySQL ") + version.substr(0, version.find('-'));
  set_variables(own_variables(mariadb));
  bool logs = false, statements = false;
  {
    auto found = ask("SHOW VARIABLES WHERE Variable_name IN ('log_bin', 'binlog_format')");
    while (found.next()) {
      logs = logs || (found.text(0) == "log_bin" && found.text(1) == "ON");
      statements = statements || (found.text(0) == "binlog_format" && found.text(1) == "STATEMENT");
    }
  }
  execute(std::string("SET SESSION TRANSACTION ISOLATION LEVEL ")
          + (logs && statements ? "REPEATABLE READ" : "READ COMMITTED") + ", READ WRITE");
  session_lock_ = "salond." + random_name();
  if (number("SELECT GET_LOCK(?, 0)", {session_lock_}) != 1)
    throw error(2013, "the database gives no locks");
  max_packet_ = static_cast<size_t>(number("SELECT @@max_allowed_packet").value_or(1 << 20));
}

// Each by itself, for which of them a server knows is its version's business.
void connection::set_variables(const std::vector<session_variable>& which) {
  constexpr int unknown_variable = 1193;
  for (const auto& variable : which)
    try {
      execute("SET SESSION " + variable.name + " = " + variable.value);
    } catch (const error& why) {
      if (why.code() != unknown_variable)
        throw;
    }
}

void connection::execute(const std::string& statement) {
  if (before_statement_)
    before_statement_(statement);
  const answer_to end{answered_};
  guarded([&] {
    const std::unique_ptr<sql::Statement> text(connection_->createStatement());
    text->execute(statement);
  });
}

sql::PreparedStatement& connection::prepared(const std::string& statement, const std::vector<value>& parameters) {
  if (before_statement_)
    before_statement_(statement);
  auto& slot = prepared_[statement];
  if (!slot)
    slot.reset(connection_->prepareStatement(statement));
  unsigned place = 0;
  for (const auto& parameter : parameters) {
    ++place;
    if (const auto* number = std::get_if<int64_t>(&parameter))
      slot->setInt64(place, *number);
    else if (const auto* text = std::get_if<std::string>(&parameter))
      slot->setString(place, *text); // never setBlob: its stream is empty at the second execution
    else
      slot->setNull(place, sql::DataType::VARCHAR);
  }
  return *slot;
}

int64_t connection::run(const std::string& statement, const std::vector<value>& parameters) {
  const answer_to end{answered_};
  try {
    return guarded([&] { return static_cast<int64_t>(prepared(statement, parameters).executeUpdate()); });
  } catch (...) {
    prepared_.erase(statement); // may be what is wrong: the next run prepares anew
    throw;
  }
}

result connection::ask(const std::string& statement, const std::vector<value>& parameters) {
  const answer_to end{answered_};
  try {
    return guarded(
        [&] { return result(std::unique_ptr<sql::ResultSet>(prepared(statement, parameters).executeQuery())); });
  } catch (...) {
    prepared_.erase(statement);
    throw;
  }
}

std::optional<int64_t> connection::number(const std::string& statement, const std::vector<value>& parameters) {
  auto answer = ask(statement, parameters);
  if (!answer.next() || answer.is_null(0))
    return std::nullopt;
  return answer.integer(0);
}

std::optional<std::string> connection::word(const std::string& statement, const std::vector<value>& parameters) {
  auto answer = ask(statement, parameters);
  if (!answer.next() || answer.is_null(0))
    return std::nullopt;
  return answer.text(0);
}

std::vector<std::string> connection::warnings() {
  return guarded([&] { // not prepared, for that is a statement with warnings of its own
    const std::unique_ptr<sql::Statement> text(connection_->createStatement());
    const std::unique_ptr<sql::ResultSet> rows(text->executeQuery("SHOW WARNINGS"));
    std::vector<std::string> all;
    while (rows->next())
      all.push_back(rows->getString(3).asStdString());
    return all;
  });
}

int64_t connection::last_insert_id() {
  return number("SELECT LAST_INSERT_ID()").value_or(0);
}

// --- transaction ---

transaction::transaction(connection& on) : on_(on) {
  on_.execute("START TRANSACTION");
}

transaction::~transaction() {
  if (!open_)
    return;
  try {
    on_.execute("ROLLBACK");
  } catch (...) { // the connection is gone, and the transaction with it
  }
}

void transaction::commit() {
  on_.execute("COMMIT");
  open_ = false;
}

} // namespace salond::persistence::mysql
