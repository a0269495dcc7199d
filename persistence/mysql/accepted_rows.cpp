#include "persistence/mysql/accepted.hpp"

namespace salond::persistence::mysql {
namespace {

/// A question whose every row is the number of a row that the new columns could not hold. It is asked until the
/// take-over has made `made_column` of `of_table`, for the table was converted then.
struct row_look {
  const char *of_table, *made_column;
  const char* question;
  const char* before; ///< the number
  const char* after;
};
// Numbers end below what INT takes, so that there is room for those of new rows.
constexpr row_look looks[] = {
    {"clients", "username_key",
     "SELECT client_id FROM clients WHERE username IS NULL OR alias IS NULL OR password_hash IS NULL LIMIT 5",
     "the client ", " has no username, alias or password_hash: give it one, or delete it"},
    {"clients", "username_key",
     "SELECT client_id FROM clients WHERE CHAR_LENGTH(username) > 480 OR CHAR_LENGTH(alias) > 480 OR"
     " CHAR_LENGTH(password_hash) > 255 OR CHAR_LENGTH(status) > 20 LIMIT 5",
     "the client ", " has a value that is too long (names 480 characters, password_hash 255, status 20): shorten it"},
    {"clients", "username_key", "SELECT client_id FROM clients WHERE client_id < 1 OR client_id > 2000000000 LIMIT 5",
     "the client ", " has a number that is not between 1 and 2000000000: give it one"},
    {"salons", "nom_key", "SELECT salon_id FROM salons WHERE nom_salon IS NULL LIMIT 5", "the salon ",
     " has no name: give it one, or delete it"},
    {"salons", "nom_key", "SELECT salon_id FROM salons WHERE CHAR_LENGTH(nom_salon) > 480 LIMIT 5", "the salon ",
     " has a name longer than 480 characters: shorten it"},
    {"salons", "nom_key", "SELECT salon_id FROM salons WHERE salon_id < 1 OR salon_id > 2000000000 LIMIT 5",
     "the salon ", " has a number that is not between 1 and 2000000000: give it one"},
    {"clients", "username_key", "SELECT id FROM salons_adheres WHERE id < 1 OR id > 2000000000 LIMIT 5",
     "the membership ", " has a number that is not between 1 and 2000000000: give it one"},
    {"clients", "username_key",
     "SELECT id FROM salons_adheres WHERE CHAR_LENGTH(username) > 480 OR salon_id > 9000000000000000000 LIMIT 5",
     "the membership ", " names a user in more than 480 characters, or a salon with a number that none has: delete it"},
    // A text is at most three times as long in utf8mb4, and must fit into 16 MiB then.
    {"messages", "seq",
     "SELECT message_id FROM messages WHERE message_id < 1 OR message_id > 9000000000000000000"
     " OR OCTET_LENGTH(contenu) > 5000000 LIMIT 5",
     "the message ",
     " has a number below 1 or above 9000000000000000000, or a text above 5,000,000 bytes: change it,"
     " or delete it"},
    {"messages", "seq",
     "SELECT message_id FROM messages WHERE client_id NOT BETWEEN -2147483648 AND 2147483647"
     " OR salon_id NOT BETWEEN -2147483648 AND 2147483647 LIMIT 5",
     "the message ", " has an author or a salon with a number that none has: make it NULL"},
    // What was rounded up would be behind the last second that a TIMESTAMP has.
    {"messages", "seq",
     "SELECT message_id FROM messages WHERE MICROSECOND(timestamp) > 0 AND UNIX_TIMESTAMP(timestamp) >= 2147483647"
     " LIMIT 5",
     "the message ", " has a time that ends in a fraction of the last second: change it"},
};

// Characters that their set has and utf8mb4 has not come back as question marks, and stop an ALTER.
void find_other_characters(connection& db, std::vector<std::string>& found) {
  static const std::set<std::string> whole = {"utf8mb4", "utf8mb3", "utf8", "latin1"};
  for (const auto& [table, column, character_set] : old_text_columns(db)) {
    if (whole.count(character_set) != 0)
      continue;
    const auto marks = [](const std::string& text) { return "CHAR_LENGTH(REPLACE(" + text + ", '?', ''))"; };
    const auto some = db.number("SELECT COUNT(*) FROM " + table + " WHERE "
                                + marks("CONVERT(" + column + " USING utf8mb4)") + " < " + marks(column));
    if (some.value_or(0) > 0)
      found.push_back("the column " + table + "." + column + " (" + character_set + ") has " + std::to_string(*some)
                      + " values with characters that utf8mb4 has not: change them");
  }
}

// Where a table counts on from, whatever rows it has.
void find_counters(connection& db, std::vector<std::string>& found) {
  auto tables =
      db.ask("SELECT TABLE_NAME, AUTO_INCREMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()"
             " AND TABLE_NAME IN ('clients', 'salons', 'salons_adheres', 'messages') AND AUTO_INCREMENT >"
             " CASE TABLE_NAME WHEN 'messages' THEN 9000000000000000001 ELSE 2147000000 END ORDER BY 1");
  while (tables.next())
    found.push_back("the table " + tables.text(0) + " counts its numbers from " + tables.text(1)
                    + " on, behind which is no room: ALTER TABLE " + tables.text(0) + " AUTO_INCREMENT = 1");
}

} // namespace

void find_other_rows(connection& db, std::vector<std::string>& found) {
  catalog tables(db);
  for (const auto& look : looks) {
    if (tables.find_column(look.of_table, look.made_column))
      continue;
    auto rows = db.ask(look.question);
    while (rows.next())
      found.push_back(look.before + rows.text(0) + look.after);
  }
  find_other_characters(db, found);
  find_counters(db, found);
}

} // namespace salond::persistence::mysql
