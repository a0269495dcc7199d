#include "tests/support/old_database.hpp"
#include <regex>

namespace salond::support {
namespace {

// The numbers from 1 to `last`, as a table with the column seq: the two servers have no other way in common.
std::string numbers_to(int last) {
  const std::string digits =
      "(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4"
      " UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL"
      " SELECT 9)";
  std::string sum = "1", from;
  int64_t factor = 1;
  for (char name = 'a'; factor < last; factor *= 10, ++name) {
    sum += std::string(" + ") + name + ".d * " + std::to_string(factor);
    from += (from.empty() ? "" : ", ") + digits + " " + name;
  }
  return "(SELECT * FROM (SELECT " + sum + " AS seq FROM " + from
         + ") every_number WHERE seq <= " + std::to_string(last) + ")";
}

} // namespace

void make_old_tables(const mariadb_server& on, const std::string& database, const std::string& charset,
                     const std::string& collation, const std::string& more_options) {
  const auto options = " ENGINE=InnoDB DEFAULT CHARSET=" + charset + " COLLATE=" + collation + " " + more_options;
  on.run(database,
         {"CREATE TABLE clients (client_id INT AUTO_INCREMENT PRIMARY KEY, username VARCHAR(255) NOT NULL,"
          " alias VARCHAR(255) NOT NULL, password_hash VARCHAR(64) NOT NULL,"
          " status VARCHAR(20) DEFAULT 'disconnected')"
              + options,
          "CREATE INDEX idx_username ON clients(username)",
          "CREATE TABLE salons (salon_id INT AUTO_INCREMENT PRIMARY KEY, nom_salon VARCHAR(255) NOT NULL)" + options,
          "CREATE TABLE salons_adheres (id INT AUTO_INCREMENT PRIMARY KEY, username VARCHAR(255), salon_id INT,"
          " FOREIGN KEY (username) REFERENCES clients(username), FOREIGN KEY (salon_id) REFERENCES salons(salon_id))"
              + options,
          "CREATE TABLE messages (message_id INT AUTO_INCREMENT PRIMARY KEY, client_id INT, salon_id INT, contenu TEXT,"
          " timestamp TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP, FOREIGN KEY (client_id) REFERENCES clients(client_id),"
          " FOREIGN KEY (salon_id) REFERENCES salons(salon_id))"
              + options,
          "INSERT INTO salons(nom_salon) VALUES ('Général'), ('Blabla'), ('Comptabilité'), ('Informatique'),"
          " ('Marketing')"});
}

void add_dirt(const mariadb_server& on, const std::string& database) {
  on.run(
      database,
      {"INSERT INTO clients(client_id, username, alias, password_hash, status) VALUES"
       " (2, 'Admin', 'chef', SHA2('secret', 256), 'connected'), (3, 'server', 'srv', 'hashed_admin_password', NULL),"
       " (5, 'Zoé', 'zoé', SHA2('zut', 256), 'disconnected'), (7, 'dup', 'one', SHA2('1', 256), 'disconnected'),"
       " (8, 'dup', 'two', SHA2('2', 256), 'disconnected'), (9, 'DUP', 'three', SHA2('3', 256), 'disconnected'),"
       " (10, 'dup-8', 'One', SHA2('4', 256), 'disconnected'), (11, 'bob', 'b', 'x', 'disconnected'),"
       " (12, 'bob ', 'B', 'x', 'disconnected'), (13, 'René', 'r1', 'x', 'disconnected'),"
       " (14, 'Rene', 'r2', 'x', 'disconnected'), (20, ' (l''été) ', 'x:y', 'x', 'disconnected'),"
       " (21, REPEAT('é', 255), REPEAT('é', 255), 'x', 'disconnected'),"
       " (22, REPEAT('É', 255), REPEAT('E', 255), 'x', 'disconnected')",
       "INSERT INTO salons(salon_id, nom_salon) VALUES (9, 'blabla'), (12, 'Projet (été)')",
       "INSERT INTO salons_adheres(id, username, salon_id) VALUES (1, 'Zoé', 1), (2, 'ZOÉ', 2), (3, 'zoe', 3),"
       " (4, 'Zoé', 1), (5, 'zoé', 1), (6, 'dup', 1), (7, 'DUP', 1), (8, 'DUP', 4), (9, NULL, 1), (10, 'Zoé', NULL),"
       " (12, NULL, NULL), (13, 'bob ', 1), (14, 'Rene', 1), (20, 'admin', 1)",
       "INSERT INTO messages(message_id, client_id, salon_id, contenu, timestamp) VALUES"
       " (3, 5, 1, ' bonjour', FROM_UNIXTIME(1577934245)), (4, 5, 1, '  deux', FROM_UNIXTIME(1577934246)),"
       " (5, 5, 1, NULL, FROM_UNIXTIME(1577934247)), (9, 8, 1, 'ligne\\nCONNECTED', NULL),"
       " (10, 9, 2, 'sans heure', NULL), (11, NULL, 1, 'sans auteur', FROM_UNIXTIME(1577934248)),"
       " (12, 5, NULL, 'sans salon', FROM_UNIXTIME(1577934249)), (13, NULL, NULL, NULL, NULL),"
       " (700, 7, 1, 'l''été: ): --', FROM_UNIXTIME(1609556645)), (701, 5, 1, ' ', FROM_UNIXTIME(1609556646))"});
}

void add_many(const mariadb_server& on, const std::string& database, int users, int messages) {
  on.run(database,
         {"INSERT INTO clients(username, alias, password_hash) SELECT CONCAT('user ', seq),"
          " CONCAT('alias ', seq), SHA2(seq, 256) FROM "
              + numbers_to(users) + " s",
          "INSERT INTO salons_adheres(username, salon_id) SELECT username, 1 FROM clients"
          " WHERE username LIKE 'user %'",
          "INSERT INTO messages(client_id, salon_id, contenu, timestamp) SELECT c.client_id, 1 + s.seq % 5,"
          " CONCAT(IF(s.seq % 2, ' ', ''), 'message ', s.seq, ' ', REPEAT('é', 40)), FROM_UNIXTIME(1600000000 +"
          " s.seq) FROM "
              + numbers_to(messages) + " s JOIN clients c ON c.username = CONCAT('user ', 1 + s.seq % "
              + std::to_string(users) + ")"});
}

std::string lasting_content(const config::mysql_database& of) {
  static const std::regex counter(" AUTO_INCREMENT=[0-9]+");
  std::string all;
  for (const auto& table : ask_mysql(of, "SHOW TABLES")) {
    all += std::regex_replace(ask_mysql(of, "SHOW CREATE TABLE `" + table[0] + "`").at(0).at(1), counter, "") + "\n";
    const auto question =
        table[0] == "schema_version" ? "SELECT version, name FROM schema_version" : "SELECT * FROM `" + table[0] + "`";
    for (const auto& row : sorted(ask_mysql(of, question))) {
      for (const auto& field : row)
        all += "| " + field + " ";
      all += "\n";
    }
  }
  return all;
}

} // namespace salond::support
