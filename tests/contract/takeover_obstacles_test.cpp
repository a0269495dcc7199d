// The take-over of databases of the replaced server: what may be in its way. Names that are ours by chance are no
// obstacle; what is one is refused, and nothing is changed.
#include "tests/contract/takeover_fixture.hpp"
#include <set>

namespace salond {

using persistence::store_error;
using testing::HasSubstr;

// --- names that are ours by chance ---

TEST_F(Takeover, ReplacesOldForeignKeysWhateverTheirNames) {
  const auto fresh = server->new_database();
  open(fresh);
  const char* const keys[] = {
      "messages ADD CONSTRAINT fk_messages_client FOREIGN KEY (client_id) REFERENCES clients (client_id)",
      "messages ADD CONSTRAINT fk_messages_client FOREIGN KEY (client_id) REFERENCES clients (client_id)"
      " ON DELETE CASCADE",
      "messages ADD CONSTRAINT fk_messages_salon FOREIGN KEY (salon_id) REFERENCES salons (salon_id) ON DELETE CASCADE",
      "messages ADD CONSTRAINT fk_messages_other FOREIGN KEY (salon_id) REFERENCES salons (salon_id)",
      "messages ADD CONSTRAINT fk_adheres_salon FOREIGN KEY (salon_id) REFERENCES salons (salon_id)",
      "salons_adheres ADD CONSTRAINT fk_adheres_user FOREIGN KEY (username) REFERENCES clients (username)",
      "salons_adheres ADD CONSTRAINT fk_adheres_username FOREIGN KEY (username) REFERENCES clients (username)",
      "salons_adheres ADD CONSTRAINT fk_adheres_salon FOREIGN KEY (salon_id) REFERENCES salons (salon_id)",
      "salons_adheres ADD CONSTRAINT fk_pm_to FOREIGN KEY (salon_id) REFERENCES salons (salon_id)"};
  for (const auto* key : keys) {
    SCOPED_TRACE(key);
    const auto where = server->new_database();
    support::make_old_tables(*server, where.name, "utf8mb4", "utf8mb4_unicode_ci");
    server->run(where.name, {"SET foreign_key_checks = 0", std::string("ALTER TABLE ") + key});
    support::add_dirt(*server, where.name);

    EXPECT_NO_THROW(persistence::dry_run_mysql(where, {}));
    EXPECT_EQ(refusal(where), "taken over");

    EXPECT_EQ(shape_of(where), shape_of(fresh));
  }
}

TEST_F(Takeover, ReplacesOldIndexesWhateverTheirNames) {
  const auto fresh = server->new_database();
  open(fresh);
  const char* const indexes[] = {"CREATE INDEX uq_adheres ON salons_adheres (username)",
                                 "CREATE UNIQUE INDEX uq_adheres ON salons_adheres (id)",
                                 "CREATE UNIQUE INDEX UQ_Adheres ON salons_adheres (id, username, salon_id)",
                                 "CREATE UNIQUE INDEX ix_adheres_salon ON salons_adheres (id)",
                                 "CREATE INDEX uq_messages_seq ON messages (timestamp)",
                                 "CREATE UNIQUE INDEX uq_messages_seq ON messages (message_id)",
                                 "CREATE INDEX uq_salons_key ON salons (nom_salon)",
                                 "CREATE INDEX uq_clients_username_key ON clients (username)",
                                 "CREATE INDEX uq_clients_username ON clients (status)",
                                 "CREATE INDEX uq_clients_alias_key ON clients (alias)",
                                 "CREATE INDEX ix_clients_role ON clients (status)",
                                 "CREATE INDEX ix_clients_look_folded ON clients (status)"};
  for (const auto* index : indexes) {
    SCOPED_TRACE(index);
    const auto where = dirty();
    server->run(where.name, {index});

    EXPECT_NO_THROW(persistence::dry_run_mysql(where, {}));
    EXPECT_EQ(refusal(where), "taken over");

    EXPECT_EQ(shape_of(where), shape_of(fresh));
  }
}

// All that a new database has: no later table, column or key is forgotten here.
TEST_F(Takeover, RefusesTablesAndColumnsOfOthersThatHaveNamesOfOurs) {
  const auto fresh = server->new_database();
  open(fresh);
  const std::set<std::string> four = {"clients", "salons", "salons_adheres", "messages"};
  const auto old = dirty();
  const auto refuses = [&](const std::string& make, const std::string& says, const std::string& undo) {
    server->run(old.name, {make});
    const auto before = support::lasting_content(old);
    EXPECT_THAT(refusal(old), HasSubstr(says));
    EXPECT_THROW(persistence::dry_run_mysql(old, {}), store_error) << make;
    EXPECT_EQ(support::lasting_content(old), before);
    server->run(old.name, {undo});
  };
  for (const auto& row : support::ask_mysql(fresh, "SHOW TABLES"))
    if (!four.count(row[0]) && row[0] != "schema_version")
      refuses("CREATE TABLE " + row[0] + " (x INT PRIMARY KEY)", "there is a table " + row[0] + " already",
              "DROP TABLE " + row[0]);
  for (const auto& table : four)
    for (const auto& row : support::ask_mysql(fresh, "SHOW COLUMNS FROM " + table))
      if (support::ask_mysql(old, "SHOW COLUMNS FROM " + table + " LIKE '" + row[0] + "'").empty())
        refuses("ALTER TABLE " + table + " ADD " + row[0] + " INT NOT NULL DEFAULT 0",
                "the table " + table + " has a column " + row[0] + " already",
                "ALTER TABLE " + table + " DROP COLUMN " + row[0]);
  for (const auto& row : support::ask_mysql(fresh, "SELECT CONSTRAINT_NAME FROM information_schema.TABLE_CONSTRAINTS"
                                                   " WHERE TABLE_SCHEMA = DATABASE() AND CONSTRAINT_TYPE ="
                                                   " 'FOREIGN KEY'"))
    refuses("CREATE TABLE notes (x INT PRIMARY KEY, y INT, CONSTRAINT " + row[0]
                + " FOREIGN KEY (y) REFERENCES notes (x))",
            "the foreign key " + row[0] + " of `notes` has a name that we need", "DROP TABLE notes");
}

// --- refusals ---

TEST_F(Takeover, RefusesWhatIsNoSuchDatabaseAndChangesNothing) {
  const std::pair<std::vector<std::string>, const char*> foreign[] = {
      {{"CREATE TABLE wp_posts (id INT)"}, "there is no table clients"},
      {{"DROP TABLE messages"}, "there is no table messages"},
      {{"ALTER TABLE clients DROP COLUMN alias"}, "the table clients has no column alias"},
      {{"ALTER TABLE messages RENAME TO m", "CREATE VIEW messages AS SELECT * FROM m"}, "messages is no table"},
      {{"RENAME TABLE messages TO Messages"}, "the table messages is spelled with capitals"},
      {{"CREATE TABLE bans (x INT PRIMARY KEY, y INT, z INT)"}, "there is a table bans already"},
      {{"CREATE TABLE notices (x INT PRIMARY KEY)"}, "there is a table notices already"},
      {{"ALTER TABLE salons ADD topic TEXT"}, "the table salons has a column topic already"},
      {{"CREATE TABLE schema_version (version INT, x INT, y INT)"}, "no column"},
      {{"CREATE TABLE schema_version (version INT, name VARCHAR(5), applied_ms INT)"}, "not salond's"},
      {{"CREATE VIEW schema_version AS SELECT client_id AS version, alias AS name, status AS applied_ms FROM clients"
        " WHERE client_id < 0"},
       "not salond's"},
      {{"CREATE TABLE schema_version (version VARCHAR(10), name VARCHAR(100), applied_ms BIGINT)",
        "INSERT INTO schema_version VALUES ('3.2', 'x', 1)"},
       "not salond's"},
      {{"CREATE TABLE migration_repairs (x INT)"}, "there is a table migration_repairs already"},
      {{"CREATE VIEW migration_repairs AS SELECT * FROM clients"}, "there is a table migration_repairs already"},
      {{"CREATE TABLE migration_deleted_memberships (id INT PRIMARY KEY, username VARCHAR(10) NOT NULL, salon_id INT)"},
       "there is a table migration_deleted_memberships already"},
  };
  for (size_t at = 0; at < std::size(foreign); ++at) {
    const auto where = at == 0 ? server->new_database() : dirty();
    server->run(where.name, foreign[at].first);
    const auto tables = support::ask_mysql(where, "SHOW TABLES");

    EXPECT_THAT(refusal(where), HasSubstr(foreign[at].second));
    EXPECT_THROW(persistence::dry_run_mysql(where, {}), store_error);

    EXPECT_EQ(support::ask_mysql(where, "SHOW TABLES"), tables);
  }
}

TEST_F(Takeover, RefusesWhileOthersUseTheDatabase) {
  const auto where = dirty();
  const auto before = support::lasting_content(where);
  {
    persistence::mysql::connection other(where, {});
    EXPECT_THAT(refusal(where), HasSubstr("other clients use the database"));
    EXPECT_EQ(support::lasting_content(where), before);
  }

  EXPECT_TRUE(open(where));
}

TEST_F(Takeover, RefusesADatabaseOfANewerServer) {
  const auto where = server->new_database();
  open(where);
  support::execute_mysql(where, "INSERT INTO schema_version VALUES (99, 'x', 1)");

  EXPECT_THAT(refusal(where), HasSubstr("newer salond"));
}

// The step to schema 10 took a table `news` of somebody else's for its own, and later one that had a column of ours.
TEST_F(Takeover, RefusesTablesOfOthersThatHaveNamesOfALaterSchemas) {
  const auto where = server->new_database();
  open(where);
  for (const auto* statement : {"DELETE FROM schema_version WHERE version > 9", "ALTER TABLE messages DROP COLUMN post",
                                "DROP TABLE news", "DROP TABLE address_bans"})
    support::execute_mysql(where, statement);

  for (const auto* columns : {"headline TEXT", "news_id BIGINT PRIMARY KEY, headline TEXT",
                              "news_id BIGINT PRIMARY KEY, node_id BIGINT NOT NULL, what VARCHAR(20) NOT NULL,"
                              " client_id BIGINT NOT NULL, salon_id BIGINT NOT NULL, name VARCHAR(512) NOT NULL,"
                              " headline TEXT NOT NULL"}) {
    support::execute_mysql(where, std::string("CREATE TABLE news (") + columns + ")");
    EXPECT_THAT(refusal(where), HasSubstr("there is a table news that is not salond's")) << columns;
    support::execute_mysql(where, "DROP TABLE news");
  }
  EXPECT_TRUE(open(where));
}

} // namespace salond
