#include "persistence/mysql/obstacles.hpp"
#include "persistence/mysql/keys_takeover.hpp"
#include "persistence/mysql/takeover.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

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
constexpr int absence[] = {1146, 1051, 1005, 1215, 1824};
constexpr int denials[] = {1142, 1143, 1044, 1227};

template <size_t Count>
bool is_among(const int (&codes)[Count], int code) {
  return std::find(std::begin(codes), std::end(codes), code) != std::end(codes);
}

void try_rights(connection& db, std::vector<std::string>& found) {
  std::string missing;
  for (const auto& each : trials)
    try {
      db.execute(each.statement);
    } catch (const error& why) {
      if (is_among(absence, why.code()))
        continue;
      if (row_of(why.code()).known.cured_by == cure::retry)
        throw;
      if (!is_among(denials, why.code()))
        return found.push_back(why.what()); // read-only, no room: the same for each
      missing += (missing.empty() ? "" : ", ") + std::string(each.right);
    }
  if (!missing.empty())
    found.push_back("the database user lacks rights that changing the tables needs (" + missing + "): GRANT ALL ON `"
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
    {"SELECT CONCAT(CONSTRAINT_NAME, ' of ', TABLE_NAME, ' to ', REFERENCED_TABLE_NAME) FROM"
     " information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN " SALOND_FOUR
     " AND REFERENCED_TABLE_NAME IS NOT NULL AND NOT (REFERENCED_TABLE_SCHEMA = DATABASE()"
     " AND REFERENCED_TABLE_NAME IN " SALOND_FOUR ") ORDER BY 1",
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
    {"SELECT CONCAT(TABLE_NAME, '.', COLUMN_NAME) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()"
     " AND TABLE_NAME IN " SALOND_FOUR " AND COALESCE(GENERATION_EXPRESSION, '') <> '' ORDER BY 1",
     "the generated column ", " keeps the columns that it is made from as they are: drop it"},
    {"SELECT CONCAT(TABLE_NAME, '.', COLUMN_NAME) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()"
     " AND TABLE_NAME IN " SALOND_FOUR " AND IS_NULLABLE = 'NO' AND COLUMN_DEFAULT IS NULL"
     " AND EXTRA NOT LIKE '%auto_increment%' AND COLUMN_NAME NOT IN ('client_id','username','alias','password_hash',"
     "'status','salon_id','nom_salon','id','message_id','contenu','timestamp','username_key','alias_key','role',"
     "'nom_key','policy','seq','created_ms') AND COALESCE(GENERATION_EXPRESSION, '') = '' ORDER BY 1",
     "the column ",
     " is not the replaced server's and must have a value, which salond has none for: give it a default"},
    {"SELECT CONCAT(CONSTRAINT_NAME, ' of ', TABLE_NAME) FROM information_schema.TABLE_CONSTRAINTS WHERE"
     " TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN " SALOND_FOUR " AND CONSTRAINT_TYPE = 'CHECK' ORDER BY 1",
     "the check ", " may refuse what salond writes: drop it"},
    {"SELECT CONCAT(TABLE_NAME, '.', COLUMN_NAME, ' (', DATA_TYPE, ')') FROM information_schema.COLUMNS WHERE"
     " TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN " SALOND_FOUR " AND ("
     "COLUMN_NAME IN ('username','alias','password_hash','nom_salon','contenu') AND DATA_TYPE NOT IN"
     " ('varchar','char','tinytext','text','mediumtext','longtext') OR COLUMN_NAME = 'timestamp' AND DATA_TYPE <>"
     " 'timestamp' OR COLUMN_NAME IN ('client_id','salon_id','id','message_id') AND DATA_TYPE NOT IN"
     " ('tinyint','smallint','mediumint','int','bigint')) ORDER BY 1",
     "the column ", " is of another kind than the replaced server's: change it to that kind"},
    {"SELECT t.TABLE_NAME FROM information_schema.TABLES t WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_NAME IN"
     " " SALOND_FOUR " AND NOT EXISTS (SELECT 1 FROM information_schema.STATISTICS s WHERE s.TABLE_SCHEMA = DATABASE()"
     " AND s.TABLE_NAME = t.TABLE_NAME AND s.INDEX_NAME = 'PRIMARY' AND s.SEQ_IN_INDEX = 1 AND s.COLUMN_NAME ="
     " CASE t.TABLE_NAME WHEN 'clients' THEN 'client_id' WHEN 'salons' THEN 'salon_id' WHEN 'messages' THEN"
     " 'message_id' ELSE 'id' END) ORDER BY 1",
     "the table ", " has another primary key than the replaced server's, its number: make that the key"},
    {"SELECT CONCAT(INDEX_NAME, ' of ', TABLE_NAME) FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()"
     " AND TABLE_NAME IN " SALOND_FOUR " AND INDEX_TYPE = 'BTREE' AND TABLE_NAME <> 'salons_adheres' GROUP BY"
     " TABLE_NAME, INDEX_NAME HAVING SUM(CASE WHEN SUB_PART IS NOT NULL THEN 4 * SUB_PART WHEN COLUMN_NAME IN"
     " ('username','alias','nom_salon') THEN 2048 WHEN COLUMN_NAME = 'password_hash' THEN 1020 WHEN COLUMN_NAME ="
     " 'status' THEN 80 ELSE 8 END) > 3072 ORDER BY 1",
     "the index ", " would be longer than InnoDB takes (3072 bytes) once names are utf8mb4: drop it"},
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

// --- rows ---

/// Rows that the new columns could not hold.
constexpr look row_looks[] = {
    {"SELECT client_id FROM clients WHERE username IS NULL OR alias IS NULL OR password_hash IS NULL LIMIT 5",
     "the client ", " has no username, alias or password_hash: give it one, or delete it"},
    {"SELECT salon_id FROM salons WHERE nom_salon IS NULL LIMIT 5", "the salon ",
     " has no name: give it one, or delete it"},
    {"SELECT client_id FROM clients WHERE CHAR_LENGTH(username) > 480 OR CHAR_LENGTH(alias) > 480 OR"
     " CHAR_LENGTH(password_hash) > 255 OR CHAR_LENGTH(status) > 20 LIMIT 5",
     "the client ", " has a value that is too long (names 480 characters, password_hash 255, status 20): shorten it"},
    {"SELECT salon_id FROM salons WHERE CHAR_LENGTH(nom_salon) > 480 LIMIT 5", "the salon ",
     " has a name longer than 480 characters: shorten it"},
    {"SELECT client_id FROM clients WHERE client_id < 1 OR client_id > 2147483647 LIMIT 5", "the client ",
     " has a number that is not between 1 and 2147483647: give it one"},
    {"SELECT salon_id FROM salons WHERE salon_id < 1 OR salon_id > 2147483647 LIMIT 5", "the salon ",
     " has a number that is not between 1 and 2147483647: give it one"},
    {"SELECT id FROM salons_adheres WHERE id < 1 OR id > 2147483647 LIMIT 5", "the membership ",
     " has a number that is not between 1 and 2147483647: give it one"},
    {"SELECT message_id FROM messages WHERE message_id < 1 OR OCTET_LENGTH(contenu) > 8000000 LIMIT 5", "the message ",
     " has a number below 1 or a text above 8,000,000 bytes: change it, or delete it"},
};

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
  try_rights(db, found);
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
  look_at_capitals(db, found);
  look_at_references(db, found);
  look_at_names_of_keys(db, found);
  for (const auto& each : looks)
    run_look(db, each, found);
  if (!found.empty())
    return found; // the rows could not be read as they are meant
  for (const auto& each : row_looks)
    run_look(db, each, found);
  look_at_locks(db, found);
  return found;
}

} // namespace salond::persistence::mysql
