#include "persistence/mysql/obstacles.hpp"
#include "persistence/mysql/accepted.hpp"
#include "persistence/mysql/keys_takeover.hpp"
#include "persistence/mysql/takeover.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>
#include <regex>

namespace salond::persistence::mysql {
namespace {

// --- rights ---

#define SALOND_ABSENT "salond_is_not_here"

struct trial {
  const char* right;
  const char* statement;
};
// A server looks at the rights first and for the table next, so that with the right it says that there is no table.
constexpr trial trials[] = {
    {"CREATE", "CREATE TABLE " SALOND_ABSENT " LIKE " SALOND_ABSENT "_either"},
    {"ALTER", "ALTER TABLE " SALOND_ABSENT " ADD x INT"},
    {"DROP", "DROP TABLE " SALOND_ABSENT},
    {"INDEX", "CREATE INDEX x ON " SALOND_ABSENT " (x)"},
    {"REFERENCES", "CREATE TABLE " SALOND_ABSENT " (x INT PRIMARY KEY, FOREIGN KEY (x) REFERENCES " SALOND_ABSENT
                   "_either (x)) ENGINE=InnoDB"},
    {"SELECT", "SELECT x FROM " SALOND_ABSENT},
    {"INSERT", "INSERT INTO " SALOND_ABSENT " VALUES (1)"},
    {"UPDATE", "UPDATE " SALOND_ABSENT " SET x = 1"},
    {"DELETE", "DELETE FROM " SALOND_ABSENT},
};
// Without these rights a server may not show what acts on the tables by itself.
constexpr trial sights[] = {
    {"TRIGGER", "CREATE TRIGGER " SALOND_ABSENT " BEFORE INSERT ON " SALOND_ABSENT " FOR EACH ROW SET @salond = 1"},
    {"EVENT", "ALTER EVENT " SALOND_ABSENT " DISABLE"},
};
// The last two: no such event, and a server that keeps none.
constexpr int absence[] = {1146, 1051, 1005, 1215, 1824, 1539, 1577};
constexpr int denials[] = {1142, 1143, 1044, 1227};

template <size_t Count>
bool is_among(const int (&codes)[Count], int code) {
  return std::find(std::begin(codes), std::end(codes), code) != std::end(codes);
}

// Where the server writes a binary log it may keep a user from the trial. The rights of active roles are among those
// that it tells.
bool is_granted(connection& db, const std::string& right) {
  static const std::regex form("GRANT (.*) ON (\\*|`?([^`]*)`?)\\.\\* TO .*");
  // All rights together have fewer characters; what names columns has no end, and a regex uses stack for each.
  constexpr size_t longest = 4096;
  std::vector<std::string> names;
  {
    auto grants = db.ask("SHOW GRANTS");
    while (grants.next()) {
      std::smatch grant;
      const auto line = grants.text(0);
      if (line.size() <= longest && std::regex_match(line, grant, form)
          && (grant[1].str().find(right) != std::string::npos || grant[1] == "ALL PRIVILEGES"))
        names.push_back(grant[2] == "*" ? "%" : grant[3].str());
    }
  }
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return db.number("SELECT DATABASE() LIKE ?", {name}).value_or(0) != 0;
  });
}

template <size_t Count>
void try_rights(connection& db, const trial (&all)[Count], const std::string& purpose,
                std::vector<std::string>& found) {
  constexpr int needs_super = 1419;
  std::string missing;
  for (const auto& each : all)
    try {
      db.execute(each.statement);
    } catch (const error& why) {
      if (is_among(absence, why.code()) || (why.code() == needs_super && is_granted(db, each.right)))
        continue;
      if (row_of(why.code()).known.cured_by == cure::retry)
        throw;
      if (!is_among(denials, why.code()) && why.code() != needs_super)
        return found.push_back(why.what()); // read-only, no room: the same for each
      missing += (missing.empty() ? "" : ", ") + std::string(each.right);
    }
  if (!missing.empty())
    found.push_back("the database user lacks rights that " + purpose + " needs (" + missing + "): GRANT ALL ON `"
                    + db.word("SELECT DATABASE()").value_or("") + "`.* TO "
                    + db.word("SELECT CURRENT_USER()").value_or("that user"));
}

// --- the server ---

// Keys of names have 2,048 bytes, and InnoDB has room for three fifths of that in a page of 8 KiB.
constexpr int64_t least_page = 16384;
constexpr int64_t least_packet = 1 << 20;

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
}

// --- what others made in and around the four tables ---

#define SALOND_FOUR "('clients','salons','salons_adheres','messages')"

/// A question whose every row is the name of an obstacle.
struct look {
  const char* question;
  const char* before; ///< the name
  const char* after;
};
constexpr look looks[] = {
    {"SELECT DISTINCT CONCAT(CONSTRAINT_NAME, ' of ', TABLE_NAME, ' to ', REFERENCED_TABLE_NAME) FROM"
     " information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN " SALOND_FOUR
     " AND REFERENCED_TABLE_NAME IS NOT NULL AND NOT (REFERENCED_TABLE_SCHEMA = DATABASE()"
     " AND (TABLE_NAME, COLUMN_NAME, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME) IN"
     " (('salons_adheres', 'username', 'clients', 'username'), ('salons_adheres', 'salon_id', 'salons', 'salon_id'),"
     " ('messages', 'client_id', 'clients', 'client_id'), ('messages', 'salon_id', 'salons', 'salon_id'))) ORDER BY 1",
     "the foreign key ", " is not the replaced server's, and would be lost: drop it"},
    {"SELECT CONCAT(TRIGGER_NAME, ' on ', EVENT_OBJECT_TABLE) FROM information_schema.TRIGGERS WHERE"
     " EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE IN " SALOND_FOUR " ORDER BY 1",
     "the trigger ", " would act on every change: drop it"},
    {"SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE() AND STATUS = 'ENABLED'"
     " ORDER BY 1",
     "the event ", " may change the tables meanwhile: ALTER EVENT … DISABLE, or drop it"},
    {"SELECT DISTINCT TABLE_NAME FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME"
     " IN " SALOND_FOUR " AND PARTITION_NAME IS NOT NULL ORDER BY 1",
     "the table ", " has partitions, and such a table takes no foreign keys: ALTER TABLE … REMOVE PARTITIONING"},
    {"SELECT CONCAT(CONSTRAINT_NAME, ' of ', TABLE_NAME) FROM information_schema.TABLE_CONSTRAINTS WHERE"
     " TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN " SALOND_FOUR " AND CONSTRAINT_TYPE = 'CHECK' ORDER BY 1",
     "the check ", " may refuse what salond writes: drop it"},
    {"SELECT CONCAT(TABLE_NAME, ' (', ENGINE, ')') FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND"
     " TABLE_NAME IN " SALOND_FOUR " AND ENGINE NOT IN ('InnoDB', 'MyISAM', 'Aria') ORDER BY 1",
     "the table ", " has an engine of another kind: ALTER TABLE … ENGINE=InnoDB"},
};

// To ALTER somebody else's table is not ours to do, and its rows would keep accounts from being deleted.
void look_at_references(connection& db, std::vector<std::string>& found) {
  auto keys = db.ask("SELECT DISTINCT TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, REFERENCED_TABLE_NAME,"
                     " REFERENCED_COLUMN_NAME, TABLE_SCHEMA = DATABASE() FROM information_schema.KEY_COLUMN_USAGE"
                     " WHERE REFERENCED_TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME IN " SALOND_FOUR
                     " ORDER BY 1, 2, 3");
  while (keys.next()) {
    if (keys.integer(5) != 0 && is_table_of_ours(keys.text(1)))
      continue;
    const auto table = "`" + keys.text(0) + "`.`" + keys.text(1) + "`";
    found.push_back("the foreign key " + keys.text(2) + " of " + table + " refers to " + keys.text(3) + "("
                    + keys.text(4) + "), which changes: ALTER TABLE " + table + " DROP FOREIGN KEY `" + keys.text(2)
                    + "`. Afterwards it can be made again with ON DELETE CASCADE, or accounts could not be deleted"
                      " (numbers are INT, names VARCHAR(512) in utf8mb4_bin by then)");
  }
}

// The server wants them to be unique in a database, and other people's tables are not ours to change.
void look_at_names_of_keys(connection& db, std::vector<std::string>& found) {
  auto keys = db.ask("SELECT CONSTRAINT_NAME, TABLE_NAME FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA"
                     " = DATABASE() AND CONSTRAINT_TYPE = 'FOREIGN KEY' ORDER BY 1");
  while (keys.next())
    if (is_foreign_key_of_ours(keys.text(0)) && !is_table_of_ours(keys.text(1)))
      found.push_back("the foreign key " + keys.text(0) + " of `" + keys.text(1)
                      + "` has a name that we need: ALTER"
                        " TABLE `"
                      + keys.text(1) + "` DROP FOREIGN KEY `" + keys.text(0)
                      + "`, and make it again under another name");
}

// Where the server tells capitals apart, our statements would not find `Clients`.
void look_at_capitals(connection& db, std::vector<std::string>& found) {
  if (db.number("SELECT @@lower_case_table_names").value_or(0) != 0)
    return;
  auto names = db.ask("SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()");
  while (names.next()) {
    auto lower = names.text(0);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (lower != names.text(0) && is_table_of_ours(lower))
      found.push_back("the table " + names.text(0) + " must be called " + lower + ": RENAME TABLE");
  }
}

void run_look(connection& db, const look& each, std::vector<std::string>& found) {
  auto names = db.ask(each.question);
  while (names.next())
    found.push_back(each.before + names.text(0) + each.after);
}

// Whoever reads or writes them in an open transaction, on whatever database he is connected to.
void look_at_locks(connection& db, std::vector<std::string>& found) {
  constexpr int lock_wait_timed_out = 1205;
  const auto patience = db.number("SELECT @@lock_wait_timeout").value_or(120);
  db.execute("SET SESSION lock_wait_timeout = 2");
  try {
    db.execute("LOCK TABLES clients WRITE, salons WRITE, salons_adheres WRITE, messages WRITE");
    db.execute("UNLOCK TABLES");
  } catch (const error& why) {
    if (why.code() == lock_wait_timed_out)
      found.push_back("another session holds a lock on the tables (a transaction, LOCK TABLES, a backup, or a prepared"
                      " XA transaction): end it");
    else if (!is_among(denials, why.code())) // then they are not looked for
      throw;
  }
  db.execute("SET SESSION lock_wait_timeout = " + std::to_string(patience));
}

} // namespace

std::vector<std::string> obstacles_to_any_change(connection& db) {
  std::vector<std::string> found;
  look_at_server(db, found);
  try_rights(db, trials, "changing the tables", found);
  return found;
}

void refuse_obstacles(const std::vector<std::string>& all) {
  if (all.empty())
    return;
  std::string lines = "the tables of this database cannot be made or changed as things are. Nothing was changed. In the"
                      " way:";
  for (const auto& obstacle : all)
    lines += "\n- " + shown(obstacle);
  throw store_error(store_error::kind::setup, lines);
}

std::vector<std::string> obstacles_to_takeover(connection& db) {
  auto found = obstacles_to_any_change(db);
  if (found.empty())
    try_rights(db, sights, "looking for triggers and events", found);
  look_at_capitals(db, found);
  look_at_references(db, found);
  look_at_names_of_keys(db, found);
  for (const auto& each : looks)
    run_look(db, each, found);
  find_other_columns(db, found);
  find_other_indexes(db, found);
  if (!found.empty())
    return found; // the rows could not be read as they are meant
  find_other_rows(db, found);
  look_at_locks(db, found);
  return found;
}

} // namespace salond::persistence::mysql
