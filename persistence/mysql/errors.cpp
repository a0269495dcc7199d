#include "persistence/mysql/errors.hpp"
#include "protocol/words/names.hpp"
#include <unordered_map>

namespace salond::persistence::mysql {
namespace {

constexpr aftermath statement_undone{true, true}; // the transaction is open, or unknown where COMMIT said it
constexpr aftermath not_stored{true, false};      // the connection goes on, and nothing of this is stored
constexpr aftermath elsewhere{false, false};      // nothing of this is stored; a new connection may do better
constexpr aftermath lost{};

// Sentences that several rows share.
constexpr const char* grant = "give the database user what it lacks: GRANT ALL ON its database.* TO that user";
constexpr const char* sign_in = "look at user, host and password in `db` and at the user's account in the database";
constexpr const char* room = "make room on the database server's disk";
constexpr const char* read_only = "the database server is read-only: let it write, or name the one that does in `db`";
constexpr const char* option =
    "an option of the database server forbids it, which the server names: change that option. "
    "Where it is read-only: let it write, or name the one that does in `db`";
constexpr const char* connections =
    "salond holds three connections, and a fourth while it starts, a node of several up to six: raise the user's "
    "MAX_USER_CONNECTIONS and the server's max_connections, or end other clients";
constexpr const char* locked = "where it lasts, another session holds a lock (a transaction, LOCK TABLES, an ALTER): "
                               "SHOW PROCESSLIST names it; end it";
constexpr const char* tls =
    "tls=ca:FILE in `db` checks that the server's certificate comes from that authority and has "
    "the name that `db` says; the one that MySQL makes by itself has no name in it. Give the "
    "server one with its name (subjectAltName), or use its socket";
constexpr const char* auth = "the login method of the database user's account is not one that this client knows; "
                             "caching_sha2_password, mysql_native_password and ed25519 are";
constexpr const char* version = "salond needs MySQL 8.0 or later, or MariaDB 10.6 or later";
constexpr const char* tables = "a table of ours is not what it was: undo that change, or restore a backup";
// A dry run would have named what it knows of: whoever reads this must look further.
constexpr const char* definition =
    "a definition in the database, or a setting of its server, is in the way: change what the server names (straight "
    "behind the same statement SHOW WARNINGS tells more), and start again: what was begun goes on";
constexpr const char* foreign_keys =
    "a foreign key of another table refers to a table of ours: drop it first. The database user may have no right to "
    "see it; an administrator of the server finds it in information_schema.KEY_COLUMN_USAGE";
// Not worth a new try: an hour is longer than anybody waits.
constexpr const char* by_the_hour =
    "the database user has a limit by the hour: take it away (ALTER USER … WITH MAX_QUERIES_PER_HOUR 0 "
    "MAX_UPDATES_PER_HOUR 0 MAX_CONNECTIONS_PER_HOUR 0)";
constexpr const char* old_dump =
    "a foreign key of the replaced server refers to a key that is not unique: load its dump "
    "with SET SESSION restrict_fk_on_non_standard_key=OFF";
constexpr const char* packet = "raise the server's max_allowed_packet (16M is usual)";
constexpr const char* damaged = "a table is damaged: restore a backup, and see the database server's error log";
constexpr const char* server_log = "see the database server's error log";

std::vector<error_row> make_rows() {
  std::vector<error_row> all;
  const auto add = [&](cure by, const aftermath& left, const char* helps, std::initializer_list<int> codes) {
    for (const auto code : codes)
      all.push_back({{code, by, helps}, left});
  };
  // --- a new try ---
  // Lock wait, statement killed or over its time, too many transactions, sort aborted, lock table full, definition
  // changed meanwhile, deadlock of named locks.
  add(cure::retry, statement_undone, locked, {1205});
  add(cure::retry, statement_undone, "", {1317, 1969, 3024, 1637, 1028, 1206, 1412, 3058});
  // Deadlock, row changed since the snapshot, or lost certification: the transaction is gone already, and COMMIT
  // would "succeed" with nothing.
  add(cure::retry, not_stored, "", {1213, 1020, 3101});
  // A statement that must be prepared anew, which the next try does.
  add(cure::retry, not_stored, "", {1615, 2030, 2057});
  // Shutdown or offline, broken or refused connections, a session or an XA transaction that was ended, not in the
  // primary component of a cluster, out of memory, hook of a replica, error during commit.
  add(cure::retry, lost, "",
      {1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1927, 2002, 2003, 2005, 2006, 2012, 2013, 2055, 3168, 4031, 1047,
       1037, 1041, 1135, 3100, 1180, 1042, 1043, 1078, 1080, 1154, 1155, 1156, 1157, 1402, 1613, 1614, 3032, 3169});
  add(cure::retry, lost, connections, {1040, 1203, 1226});
  // --- a person ---
  add(cure::person, lost, grant, {1044, 1142, 1143, 1227, 1370});
  add(cure::person, lost, sign_in, {1045, 1129, 1130, 1698, 1820, 1862, 1873, 3118, 3955, 4151});
  add(cure::person, lost, "make the database, or name another one in `db`", {1049});
  add(cure::person, lost, tls, {2026});
  add(cure::person, lost, "the database server takes no clear connections: add tls=ca:FILE to `db`, or use its socket",
      {3159});
  add(cure::person, lost, auth, {1251, 1524, 2049, 2054, 2059, 2061});
  add(cure::person, lost, version, {2007});
  add(cure::person, lost, "the server's init_connect fails: mend it, or empty it", {1184});
  add(cure::person, elsewhere, read_only, {1792, 1836, 3989});
  add(cure::person, elsewhere, option, {1290});
  add(cure::person, statement_undone, room, {3, 1021, 1026, 1114});
  add(cure::person, statement_undone, server_log, {1030, 1598, 1665});
  add(cure::person, statement_undone, "raise the server's sort_buffer_size", {1038});
  add(cure::person, not_stored, version, {1064, 1115, 1128, 1193, 1235, 1273, 1305});
  add(cure::person, not_stored, tables, {1054, 1146, 1364});
  add(cure::person, not_stored, "raise the server's max_prepared_stmt_count", {1461});
  // What a table, a key or a row may be: engine, row format, lengths, foreign keys, partitions, generated columns.
  add(cure::person, not_stored, definition,
      {1005, 1025, 1031, 1036, 1067, 1068, 1069, 1071, 1072, 1075, 1089, 1091, 1117, 1118, 1170,
       1171, 1214, 1283, 1215, 1286, 1419, 1478, 1506, 1553, 1659, 1709, 1713, 1821, 1822, 1823,
       1824, 1825, 1826, 1828, 1845, 1846, 1901, 3098, 3106, 3108, 3750, 3780, 3825});
  add(cure::person, not_stored, foreign_keys, {1217, 1829, 1830, 1831, 1832, 1833, 1834, 3730});
  add(cure::person, not_stored, old_dump, {6125});
  // --- nothing ---
  add(cure::nothing, lost, damaged, {1033, 1034, 1035, 1194, 1195, 1712, 1812, 1814, 1877, 1932});
  // --- refused work ---
  add(cure::refusal, not_stored, "",
      {0, 167, 1048, 1062, 1264, 1265, 1292, 1366, 1390, 1406, 1451, 1452, 1467, 2014, 3140, 3819, 3988, 4025});
  add(cure::refusal, elsewhere, packet, {1105, 1153}); // the same work is never smaller
  return all;
}

} // namespace

const std::vector<error_row>& known_errors() {
  static const auto rows = make_rows();
  return rows;
}

namespace {

/// One code tells of all limits of a user: the server names the one that was met.
const error_row& row_of_words(int code, const std::string& why) {
  constexpr int limit_of_user = 1226;
  static const error_row of_hours{{limit_of_user, cure::person, by_the_hour}, lost};
  const auto names = [&](const char* limit) { return why.find(limit) != std::string::npos; };
  if (code == limit_of_user && (names("_per_hour") || names("'max_questions'") || names("'max_updates'")))
    return of_hours;
  return row_of(code);
}

} // namespace

const error_row& row_of(int code) {
  // The connector's own codes are of the way to the server. What a server says that we do not know is a person's.
  static const error_row unreached{{0, cure::retry, ""}, lost}, unlisted{{0, cure::person, server_log}, lost};
  static const auto by_code = [] {
    std::unordered_map<int, const error_row*> all;
    for (const auto& row : known_errors())
      all.emplace(row.known.code, &row);
    return all;
  }();
  const auto found = by_code.find(code);
  if (found != by_code.end())
    return *found->second;
  return code >= 2000 && code < 3000 ? unreached : unlisted;
}

namespace {

std::string told(int code, const std::string& why) {
  const std::string helps = row_of_words(code, why).known.helps;
  return why + " [" + std::to_string(code) + "]" + (helps.empty() ? "" : "; " + helps);
}

} // namespace

error::error(int code, const std::string& why)
    : store_error(kind_while_running(row_of_words(code, why).known.cured_by), told(code, why)), code_(code),
      row_(&row_of_words(code, why)) {}

store_error at_start(const error& why, const std::string& address) {
  // A server may repeat what stands in a row.
  return store_error(kind_at_start(why.row().known.cured_by), "the database " + address + ": " + shown(why.what()));
}

} // namespace salond::persistence::mysql
