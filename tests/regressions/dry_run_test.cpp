// A dry run looked at the rows of the replaced server's database, and not at whether its tables can be changed: a user
// without the right ALTER, another table's foreign key to clients(username), or a trigger were noticed by the real run,
// when half of it was done; and the errors 1709 and 1833 were told as "cannot be reached". Row formats with short keys
// (COMPACT, REDUNDANT) ended the same way. Now each statement says ROW_FORMAT=DYNAMIC, and all else that is in the way
// is named, with what to do, by the dry run and by the real one, and nothing is changed. Later readers found settings
// of the server, limits of the user, and salonds at work there, which the dry run did not look for.
#include "persistence/mysql/obstacles.hpp"
#include "tests/support/mariadb_fixture.hpp"

namespace salond {

using support::mariadb_server;
using testing::AllOf;
using testing::HasSubstr;

class DryRunMariadb : public support::mariadb_fixture {
protected:
  /// Both runs refuse with these words, and nothing is changed.
  void expect_both_refuse(const config::mysql_database& where, const testing::Matcher<const std::string&>& words) {
    const auto before = support::lasting_content(server().as_root(where.name));
    const auto dry = refusal_of([&] { persistence::dry_run_mysql(where, {}); });
    const auto real = refusal_of([&] { open(where); });
    EXPECT_THAT(dry, words);
    EXPECT_EQ(real, dry);
    EXPECT_EQ(support::lasting_content(server().as_root(where.name)), before);
  }

  /// A user of the database with these rights alone.
  config::mysql_database with_rights(config::mysql_database where, const std::string& rights) {
    static int number = 0;
    where.user = "u" + std::to_string(++number);
    server().run("mysql", {"CREATE USER " + where.user + "@localhost",
                           "GRANT " + rights + " ON `" + where.name + "`.* TO " + where.user + "@localhost"});
    return where;
  }
};

TEST_F(DryRunMariadb, NamesEachMissingRight) {
  const std::string all[] = {"CREATE", "ALTER", "DROP", "INDEX", "SELECT", "INSERT", "UPDATE", "DELETE"};
  const auto old = old_database(), fresh = server().new_database();
  for (const auto& missing : all) {
    SCOPED_TRACE(missing);
    if (missing == "SELECT")
      continue; // without it nothing can even be looked at
    std::string rights = "REFERENCES, LOCK TABLES, TRIGGER, EVENT";
    for (const auto& right : all)
      if (right != missing)
        rights += ", " + right;
    const auto words = AllOf(HasSubstr(missing), HasSubstr("GRANT ALL ON `" + old.name + "`"));
    expect_both_refuse(with_rights(old, rights), words);
    expect_both_refuse(with_rights(fresh, rights), AllOf(HasSubstr(missing), HasSubstr("GRANT ALL")));
  }
}

TEST_F(DryRunMariadb, NamesAMissingRightBeforeAMigrationToo) {
  const auto where = server().new_database();
  open(where);
  server().run(where.name, {"DELETE FROM schema_version WHERE version > 1"});

  expect_both_refuse(with_rights(where, "SELECT, INSERT, UPDATE, DELETE"), HasSubstr("ALTER"));
}

TEST_F(DryRunMariadb, TakesRowFormatsWithShortKeys) {
  for (const auto* options : {"ROW_FORMAT=COMPACT", "ROW_FORMAT=REDUNDANT", "ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8"}) {
    SCOPED_TRACE(options);
    const auto where = old_database("utf8mb3", "utf8mb3_general_ci", options);
    // MariaDB of some versions lets nobody write what is compressed so.
    EXPECT_THAT(persistence::dry_run_mysql(where, {}),
                testing::Contains(HasSubstr("gets InnoDB and ROW_FORMAT=DYNAMIC")));

    EXPECT_TRUE(open(where));

    EXPECT_THAT(support::ask_mysql(server().as_root(where.name),
                                   "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()"
                                   " AND ROW_FORMAT <> 'Dynamic'"),
                testing::IsEmpty());
  }
}

TEST_F(DryRunMariadb, MakesItsTablesWhateverTheServersRowFormat) {
  server().run("mysql", {"SET GLOBAL innodb_default_row_format = 'compact'"});
  const auto where = server().new_database();

  EXPECT_EQ(refusal_of([&] { open(where); }), "");

  server().run("mysql", {"SET GLOBAL innodb_default_row_format = 'dynamic'"});
}

TEST_F(DryRunMariadb, TakesTablesOfMyisam) {
  const auto where = server().new_database();
  const std::string options = " ENGINE=MyISAM ROW_FORMAT=FIXED";
  server().run(
      where.name,
      {"CREATE TABLE clients (client_id INT AUTO_INCREMENT PRIMARY KEY, username VARCHAR(100) NOT NULL, alias"
       " VARCHAR(100) NOT NULL, password_hash VARCHAR(64) NOT NULL, status VARCHAR(20))"
           + options,
       "CREATE TABLE salons (salon_id INT AUTO_INCREMENT PRIMARY KEY, nom_salon VARCHAR(100) NOT NULL)" + options,
       "CREATE TABLE salons_adheres (id INT AUTO_INCREMENT PRIMARY KEY, username VARCHAR(100), salon_id INT)" + options,
       "CREATE TABLE messages (message_id INT AUTO_INCREMENT PRIMARY KEY, client_id INT, salon_id INT, contenu"
       " TEXT, timestamp TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP) ENGINE=MyISAM"});

  EXPECT_THAT(persistence::dry_run_mysql(where, {}), testing::Contains(HasSubstr("MyISAM")));
  EXPECT_TRUE(open(where));
}

TEST_F(DryRunMariadb, NamesForeignKeysOfOtherTables) {
  const auto where = old_database();
  server().run(where.name, {"CREATE TABLE badges (id INT PRIMARY KEY, who VARCHAR(255) CHARACTER SET utf8mb4 COLLATE"
                            " utf8mb4_general_ci, CONSTRAINT badge_of FOREIGN KEY (who) REFERENCES clients(username))"
                            " ENGINE=InnoDB"});

  expect_both_refuse(where, AllOf(HasSubstr("badge_of"), HasSubstr("clients(username)"),
                                  HasSubstr("`badges` DROP FOREIGN KEY `badge_of`")));

  server().run(where.name, {"ALTER TABLE badges DROP FOREIGN KEY badge_of"});
  EXPECT_TRUE(open(where));
}

TEST_F(DryRunMariadb, NamesForeignKeysOfTablesInOtherDatabases) {
  const auto where = old_database(), other = server().new_database();
  server().run(other.name,
               {"CREATE TABLE badges (id INT PRIMARY KEY, who INT, CONSTRAINT badge_number FOREIGN KEY (who)"
                " REFERENCES `"
                + where.name + "`.clients(client_id)) ENGINE=InnoDB"});

  expect_both_refuse(where, AllOf(HasSubstr("badge_number"), HasSubstr(other.name)));

  server().run(other.name, {"DROP TABLE badges"});
}

TEST_F(DryRunMariadb, NamesWhatOthersMadeInTheTables) {
  const std::pair<std::vector<std::string>, std::vector<const char*>> additions[] = {
      {{"CREATE TABLE departments (id INT PRIMARY KEY) ENGINE=InnoDB",
        "ALTER TABLE clients ADD department INT NULL, ADD CONSTRAINT of_department FOREIGN KEY (department) REFERENCES"
        " departments(id)"},
       {"of_department", "drop it"}},
      {{"CREATE TRIGGER watcher BEFORE UPDATE ON messages FOR EACH ROW SET NEW.contenu = 'x'"},
       {"watcher on messages"}},
      {{"CREATE EVENT sweeper ON SCHEDULE EVERY 1 DAY STARTS '2037-01-01' DO DELETE FROM messages"},
       {"sweeper", "DISABLE"}}, // later: MySQL would begin to obey it now
      {{"ALTER TABLE clients ADD shouted VARCHAR(255) AS (UPPER(username))"}, {"clients.shouted", "generated"}},
      {{"ALTER TABLE clients ADD email VARCHAR(100) NOT NULL"}, {"clients.email", "default"}},
      {{"ALTER TABLE clients ADD CONSTRAINT hash_of_old CHECK (CHAR_LENGTH(password_hash) < 65)"}, {"hash_of_old"}},
      {{"ALTER TABLE messages MODIFY contenu LONGBLOB"}, {"messages.contenu (longblob)"}},
      {{"ALTER TABLE messages MODIFY timestamp DATETIME NULL"}, {"messages.timestamp (datetime)"}},
      {{"ALTER TABLE clients ADD INDEX both_names (username, alias)"}, {"both_names of clients", "3072"}},
      {{"INSERT INTO salons(salon_id, nom_salon) VALUES (-4, 'négatif')"}, {"the salon -4"}},
      {{"ALTER TABLE clients MODIFY alias TEXT", "UPDATE clients SET alias = REPEAT('x', 600) WHERE client_id = 5"},
       {"the client 5", "too long"}},
      {{"ALTER TABLE clients MODIFY alias VARCHAR(255) NULL", "UPDATE clients SET alias = NULL WHERE client_id = 7"},
       {"the client 7", "no username, alias"}},
  };
  for (const auto& [statements, words] : additions) {
    SCOPED_TRACE(statements.back());
    const auto where = old_database();
    server().run(where.name, statements);
    for (const auto* word : words)
      expect_both_refuse(where, HasSubstr(word));
  }
}

TEST_F(DryRunMariadb, NamesPartitionsWhichTakeNoForeignKeys) {
  const auto where = old_database();
  server().run(where.name, {"ALTER TABLE messages DROP FOREIGN KEY messages_ibfk_1, DROP FOREIGN KEY messages_ibfk_2",
                            "ALTER TABLE messages PARTITION BY HASH (message_id) PARTITIONS 2"});

  expect_both_refuse(where, AllOf(HasSubstr("messages has partitions"), HasSubstr("REMOVE PARTITIONING")));
}

TEST_F(DryRunMariadb, NamesALockOfAnotherSession) {
  const auto where = old_database();
  const auto elsewhere = server().new_database(); // so that it is no client of this database
  auto root = server().as_root(elsewhere.name);
  persistence::mysql::connection other(root, {});
  other.execute("START TRANSACTION");
  other.execute("DELETE FROM `" + where.name + "`.messages WHERE message_id = 3");

  EXPECT_THAT(refusal_of([&] { persistence::dry_run_mysql(where, {}); }), HasSubstr("holds a lock"));
  EXPECT_THAT(refusal_of([&] { open(where); }), HasSubstr("holds a lock"));

  other.execute("ROLLBACK");
  EXPECT_TRUE(open(where));
}

TEST_F(DryRunMariadb, NamesAServerThatIsReadOnlyOrSmall) {
  const auto old = old_database(), fresh = server().new_database();
  server().run("mysql", {"SET GLOBAL read_only = 1"});
  for (const auto& where : {old, fresh})
    expect_both_refuse(where, AllOf(HasSubstr("read-only"), HasSubstr("let it write")));
  server().run("mysql", {"SET GLOBAL read_only = 0", "SET GLOBAL max_allowed_packet = 65536"});
  for (const auto& where : {old, fresh})
    expect_both_refuse(where, HasSubstr("max_allowed_packet"));
  server().run("mysql", {"SET GLOBAL max_allowed_packet = 16777216"});
}

TEST_F(DryRunMariadb, NamesLimitsOfTheUser) {
  const auto old = old_database(), fresh = server().new_database(), ours = server().new_database();
  open(ours);
  const auto limited = [&](const config::mysql_database& where, const std::string& limit) {
    const auto as = with_rights(where, "ALL");
    server().run("mysql", {"ALTER USER " + as.user + "@localhost WITH " + limit});
    return as;
  };
  for (const auto* limit : {"MAX_QUERIES_PER_HOUR", "MAX_UPDATES_PER_HOUR", "MAX_CONNECTIONS_PER_HOUR"})
    for (const auto& where : {old, fresh})
      expect_both_refuse(limited(where, limit + std::string(" 300")),
                         AllOf(HasSubstr(limit), HasSubstr(" WITH " + std::string(limit) + " 0")));
  for (const auto& where : {old, fresh, ours})
    expect_both_refuse(limited(where, "MAX_USER_CONNECTIONS 3"), HasSubstr("WITH MAX_USER_CONNECTIONS 4"));
  EXPECT_TRUE(open(limited(fresh, "MAX_USER_CONNECTIONS 4")));
}

TEST_F(DryRunMariadb, NamesASettingWithWhichTheServerMakesNoTable) {
  if (mariadb_server::is_mysql())
    GTEST_SKIP() << "these are settings of MariaDB";
  const auto old = old_database(), fresh = server().new_database();
  server().run("mysql", {"SET GLOBAL enforce_storage_engine = Aria"});
  for (const auto& where : {old, fresh})
    expect_both_refuse(where, HasSubstr("the server's enforce_storage_engine is Aria"));
  server().run("mysql", {"SET GLOBAL enforce_storage_engine = NULL", "SET GLOBAL innodb_file_per_table = OFF"});

  persistence::mysql::connection db(fresh, {});
  db.execute("SET SESSION innodb_compression_default = ON"); // as one that we do not set ourselves would be
  EXPECT_THAT(persistence::mysql::obstacles_to_any_change(db),
              testing::ElementsAre(AllOf(HasSubstr("PAGE_COMPRESSED requires innodb_file_per_table"),
                                         HasSubstr("change the setting"), testing::Not(HasSubstr("dry-run")))));
  server().run("mysql", {"SET GLOBAL innodb_file_per_table = ON"});
}

// A step of a schema changes tables that are salond's, to which somebody may have given options meanwhile.
TEST_F(DryRunMariadb, NamesOptionsThatKeepAMigrationFromEnding) {
  if (mariadb_server::is_mysql())
    GTEST_SKIP() << "these are options of MariaDB";
  const auto where = server().new_database();
  open(where);
  server().run(where.name, {"ALTER TABLE messages PAGE_COMPRESSED=1", "DELETE FROM schema_version WHERE version > 9",
                            "SET GLOBAL innodb_file_per_table = OFF"});
  expect_both_refuse(where, HasSubstr("messages has options"));
  server().run("mysql", {"SET GLOBAL innodb_file_per_table = ON"});
  EXPECT_EQ(refusal_of([&] { persistence::dry_run_mysql(where, {}); }), "");
  EXPECT_EQ(refusal_of([&] { open(where); }), "");
}

TEST_F(DryRunMariadb, NamesWhoeverWritesThereAlone) {
  const auto where = server().new_database();
  auto other = open(where);
  const auto words = AllOf(HasSubstr("another salond writes to"), HasSubstr("SHOW PROCESSLIST"));
  EXPECT_THAT(refusal_of([&] { persistence::dry_run_mysql(where, {}); }), words);
  EXPECT_THAT(refusal_of([&] { open(where); }), words);
  // Nor are the tables changed under it.
  server().run(where.name, {"DELETE FROM schema_version WHERE version > 9"});
  expect_both_refuse(where, words);

  other.reset();
  const auto steps = persistence::dry_run_mysql(where, {});
  ASSERT_FALSE(steps.empty());
  EXPECT_THAT(steps.front(), HasSubstr("schema 10"));
}

TEST_F(DryRunMariadb, SpeaksOfNothingWhereNothingIsInTheWay) {
  const auto where = old_database();
  server().run(where.name, {"CREATE TABLE notes (id INT PRIMARY KEY) ENGINE=InnoDB",
                            "CREATE VIEW people AS SELECT username FROM clients",
                            "ALTER TABLE clients ADD email VARCHAR(100) NULL, ADD UNIQUE KEY emails (email)",
                            "ALTER TABLE clients ADD INDEX both_names (username(100), alias)",
                            // Of a key that would be too long the name itself takes the place.
                            "UPDATE clients SET alias = REPEAT('ﷺ', 200) WHERE client_id = 8"});

  EXPECT_EQ(refusal_of([&] { persistence::dry_run_mysql(where, {}); }), "");
  EXPECT_EQ(refusal_of([&] { open(where); }), "");
}

} // namespace salond
