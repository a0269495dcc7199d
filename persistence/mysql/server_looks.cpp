// What of the server, and of the limits of the database's user, would keep tables from being made or changed.
#include "persistence/mysql/obstacles.hpp"
#include <array>

namespace salond::persistence::mysql {
namespace {

// Keys of names have 2,048 bytes, and InnoDB has room for three fifths of that in a page of 8 KiB.
constexpr int64_t least_page = 16384;
constexpr int64_t least_packet = 1 << 20;

std::string current_user(connection& db) {
  return db.word("SELECT CURRENT_USER()").value_or("that user");
}

/// Makes each table of another engine than the statement says. Only an operator may change it.
void look_at_enforced_engine(connection& db, std::vector<std::string>& found) {
  auto variable = db.ask("SHOW VARIABLES LIKE 'enforce_storage_engine'"); // of MariaDB
  if (variable.next() && !variable.text(1).empty() && variable.text(1) != "InnoDB")
    found.push_back("the server's enforce_storage_engine is " + variable.text(1)
                    + ", and salond's tables are of InnoDB: SET GLOBAL enforce_storage_engine=NULL, and in its"
                      " configuration");
}

/// How many statements a take-over or a step needs depends on the rows, and an hour is no time to wait for the rest.
void look_at_limits_by_hour(connection& db, std::vector<std::string>& found) {
  constexpr std::array<const char*, 3> limits = {"MAX_QUERIES_PER_HOUR", "MAX_UPDATES_PER_HOUR",
                                                 "MAX_CONNECTIONS_PER_HOUR"};
  const auto account = db.word("SHOW CREATE USER CURRENT_USER()").value_or("");
  const auto begin = account.rfind(" WITH MAX_"); // behind it nothing is a name
  std::string set, cure;
  for (const auto* limit : limits)
    if (begin != std::string::npos && account.find(std::string(" ") + limit + " ", begin) != std::string::npos) {
      set += (set.empty() ? "" : ", ") + std::string(limit);
      cure += std::string(" ") + limit + " 0";
    }
  if (!set.empty())
    found.push_back("the database user has a limit by the hour (" + set + "), which may end this half-way: ALTER USER "
                    + current_user(db) + " WITH" + cure);
}

} // namespace

void look_at_server(connection& db, std::vector<std::string>& found) {
  if (const auto page = db.number("SELECT @@innodb_page_size"); page && *page < least_page)
    found.push_back("the server's innodb_page_size is " + std::to_string(*page)
                    + ", and the indexes of names need 16384: use a server that was installed with that");
  if (const auto packet = db.number("SELECT @@max_allowed_packet"); packet && *packet < least_packet)
    found.push_back("the server's max_allowed_packet is " + std::to_string(*packet)
                    + " bytes: raise it to 1M or more (16M is usual)");
  if (db.number("SELECT @@innodb_read_only").value_or(0) != 0)
    found.push_back("the server runs with innodb_read_only: start it without");
  if (db.number("SELECT @@innodb_force_recovery").value_or(0) != 0)
    found.push_back("the server runs with innodb_force_recovery: mend it, and start it without");
  look_at_enforced_engine(db, found);
  look_at_limits_by_hour(db, found);
}

std::vector<std::string> obstacles_to_any_start(connection& db, int64_t connections) {
  const auto most = db.number("SELECT @@max_user_connections").value_or(0); // the session's value is of this user
  if (most == 0 || most >= connections)
    return {};
  return {"the database user may have " + std::to_string(most)
          + " connections at once (MAX_USER_CONNECTIONS), and"
            " salond needs "
          + std::to_string(connections) + ": ALTER USER " + current_user(db) + " WITH MAX_USER_CONNECTIONS "
          + std::to_string(connections) + ", or raise the server's max_user_connections"};
}

} // namespace salond::persistence::mysql
