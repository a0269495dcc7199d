// A dry run listed what it refuses, and each reader found more that the take-over could not digest: a
// FULLTEXT index over a name, a unique index of others, columns of others that left no room in a row, a status of
// another kind, a column that must have a value and has the name of one of ours in another table, references above what
// INT takes, sixty indexes, foreign keys that went without a word. The dry run ended with 0, and the real one stopped
// half-way for good. Now what is accepted is listed, options of tables among it. For each database below the dry run
// says yes if, and only if, the take-over ends well and the chat works afterwards; where it says no, nothing is
// changed.
#include "persistence/decisions/registrations.hpp"
#include "protocol/words/names.hpp"
#include "tests/support/mariadb_fixture.hpp"
#include "tests/support/stores.hpp"
#include <regex>

namespace salond {

using testing::HasSubstr;

/// What was done to a database of the replaced server.
struct strange_database {
  const char* named; ///< words of the dry run's refusal; empty: it is taken over
  std::vector<std::string> statements;
};

std::string many(const std::string& begin, int count, const std::string& each) {
  auto all = begin;
  for (int number = 0; number < count; ++number)
    all += (number == 0 ? " ADD " : ", ADD ") + std::regex_replace(each, std::regex("#"), std::to_string(number));
  return all;
}

/// What a refusal that spells a cure out says to do.
std::vector<std::string> statements_in(const std::string& refusal) {
  const auto begin = refusal.find("SET SESSION"), between = refusal.find("; ALTER TABLE"),
             end = refusal.find(". Afterwards");
  if (begin == std::string::npos || between == std::string::npos || end == std::string::npos)
    return {};
  return {refusal.substr(begin, between - begin), refusal.substr(between + 2, end - between - 2)};
}

class AcceptedMariadb : public support::mariadb_fixture {
protected:
  // Nothing here asks whether a commit survives a power cut, and there are thousands of table changes.
  static support::mariadb_server& server() {
    static support::mariadb_server quick({"--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=OFF",
                                          "--innodb-flush-method=nosync", "--loose-sync-frm=OFF"});
    return quick;
  }

  static config::mysql_database old_database() {
    const auto where = server().new_database();
    support::make_old_tables(server(), where.name, "utf8mb4", "utf8mb4_unicode_ci");
    support::add_dirt(server(), where.name);
    return where;
  }

  /// Everybody can do afterwards what a chat is for.
  static void expect_a_working_chat(persistence::store& db) {
    const salon_id general{1};
    const auto now = [&db] { return support::asked(db); };
    const auto seq = now().salons.all().at(0).last_seq;
    db.transact([&](const persistence::writing& writing) {
      ASSERT_TRUE(persistence::decisions::register_user(writing, {"newcomer", "new", "h"}));
      ASSERT_TRUE(persistence::decisions::register_user(writing, {"another", "newer", "h"}));
    });
    const auto newcomer = now().accounts.find("newcomer"), other = now().accounts.find("another");
    ASSERT_TRUE(newcomer && other);
    db.transact([&](const persistence::writing& writing) {
      for (const auto& user : {*newcomer, *other})
        for (int64_t more = 0; more < 2; ++more)
          ASSERT_TRUE(writing.messages.append(
              {general, user.id, seq + 1 + more + 2 * (user.id == other->id), "bonjour", support::noon}));
    });
    EXPECT_EQ(now().messages.history(general, seq + 5, 4).size(), 4u);
    EXPECT_TRUE(now().accounts.find(key_of("zoé")));
  }

  /// "Finish the one that was interrupted" is no plan where it cannot be finished.
  void expect_an_interrupted_one_to_be_judged(const config::mysql_database& where) {
    const auto expect_both_refuse = [&](const char* words) {
      EXPECT_THAT(refusal_of([&] { persistence::dry_run_mysql(where, {}); }), HasSubstr(words));
      EXPECT_THAT(refusal_of([&] { open(where); }), HasSubstr(words));
    };
    {
      persistence::mysql::connection other(where, {});
      expect_both_refuse("other clients use the database");
    }
    if (support::mariadb_server::is_mysql())
      return;
    server().run(where.name, {"ALTER TABLE messages PAGE_COMPRESSED=1"});
    expect_both_refuse("messages has options");
    server().run(where.name, {"ALTER TABLE messages PAGE_COMPRESSED=DEFAULT"});
  }

  void expect_what_the_dry_run_says(const strange_database& strange) {
    std::string trace;
    for (const auto& statement : strange.statements)
      trace += statement.substr(0, 300) + "\n";
    SCOPED_TRACE(trace);
    const auto where = old_database();
    ASSERT_NO_THROW(server().run(where.name, strange.statements));
    const auto root = server().as_root(where.name);
    const auto before = support::lasting_content(root);
    const auto dry = refusal_of([&] { persistence::dry_run_mysql(where, {}); });
    EXPECT_THAT(dry, HasSubstr(strange.named));
    EXPECT_EQ(dry.empty(), std::string(strange.named).empty()) << dry;
    std::unique_ptr<persistence::store> db;
    EXPECT_EQ(refusal_of([&] { db = open(where); }), dry);
    if (!dry.empty()) {
      EXPECT_EQ(support::lasting_content(root), before);
    }
    if (const auto cure = statements_in(dry); !cure.empty()) {
      server().run(where.name, cure);
      EXPECT_EQ(refusal_of([&] { persistence::dry_run_mysql(where, {}); }), "") << cure.back();
      EXPECT_EQ(refusal_of([&] { db = open(where); }), "");
    } else if (dry.empty()) {
      ASSERT_TRUE(db);
    }
    if (db)
      expect_a_working_chat(*db);
    db.reset();
    server().run("mysql", {"DROP DATABASE `" + where.name + "`"});
  }
};

const char* const free_messages = "ALTER TABLE messages DROP FOREIGN KEY messages_ibfk_1, DROP FOREIGN KEY"
                                  " messages_ibfk_2";
const char* const free_memberships = "ALTER TABLE salons_adheres DROP FOREIGN KEY salons_adheres_ibfk_1, DROP FOREIGN"
                                     " KEY salons_adheres_ibfk_2";

TEST_F(AcceptedMariadb, IndexesAreThoseThatStopNothing) {
  const strange_database all[] = {
      {"ft of clients", {"ALTER TABLE clients ADD bio TEXT, ADD FULLTEXT ft (username, bio)"}},
      {"ft of messages", {"ALTER TABLE messages ADD subject TEXT, ADD FULLTEXT ft (contenu, subject)"}},
      {"ft of salons", {"ALTER TABLE salons ADD note TEXT, ADD FULLTEXT ft (note)"}},
      {"k of clients", {"ALTER TABLE clients ADD note VARCHAR(300) NOT NULL DEFAULT '', ADD KEY k (username, note)"}},
      {"k of clients", {"ALTER TABLE clients ADD KEY k (username, alias)"}},
      {"k of clients", {"ALTER TABLE clients ADD KEY k (username, password_hash, client_id)"}},
      {"k of clients", {"ALTER TABLE clients MODIFY alias TEXT, ADD KEY k (alias(600))"}},
      {"",
       {"ALTER TABLE clients ADD KEY k (username(100), alias), ADD KEY a (alias(250)), ADD KEY p (password_hash(9))",
        "ALTER TABLE clients DROP KEY k, MODIFY alias TEXT",
        "ALTER TABLE messages ADD KEY c (contenu(100), salon_id)"}},
      {"", {"ALTER TABLE messages MODIFY contenu VARCHAR(500), ADD KEY c (contenu(100))"}},
      {"", {"ALTER TABLE clients ADD KEY k (username(100), alias)"}},
      {"k of messages", {"ALTER TABLE messages MODIFY contenu VARCHAR(500), ADD KEY k (contenu)"}},
      {"one of salons_adheres",
       {"DELETE FROM salons_adheres WHERE id > 1", "ALTER TABLE salons_adheres ADD UNIQUE KEY one (username)"}},
      {"one of messages", {"ALTER TABLE messages ADD UNIQUE KEY one (salon_id, contenu(100))"}},
      {"one of messages",
       {"DELETE FROM messages WHERE message_id > 3", "ALTER TABLE messages ADD UNIQUE KEY one (client_id, timestamp)"}},
      {"one of clients",
       {"ALTER TABLE clients ADD badge VARCHAR(9) NOT NULL DEFAULT ''", "UPDATE clients SET badge = client_id",
        "ALTER TABLE clients ADD UNIQUE KEY one (badge)"}},
      {"one of salons", {"DELETE FROM salons WHERE salon_id = 9", "ALTER TABLE salons ADD UNIQUE KEY one (nom_salon)"}},
      {"uq_adheres of salons_adheres",
       {"DELETE FROM salons_adheres WHERE id > 1",
        "ALTER TABLE salons_adheres ADD UNIQUE KEY uq_adheres (username, salon_id)"}},
      {"clients has 61 indexes", {many("ALTER TABLE clients", 60, "c# INT, ADD KEY k# (c#)")}},
      {"clients has another primary key",
       {free_messages, "ALTER TABLE clients ADD KEY (client_id), DROP PRIMARY KEY, ADD PRIMARY KEY (client_id,"
                       " username)"}},
      {"", {many("ALTER TABLE clients", 45, "c# INT, ADD KEY k# (c#)")}},
      {"",
       {"ALTER TABLE clients ADD KEY a (alias), ADD KEY u (username, status), ADD KEY p (password_hash, client_id)",
        "ALTER TABLE salons ADD KEY n (nom_salon, salon_id)"}},
      {"",
       {"ALTER TABLE clients ADD bio TEXT, ADD KEY b (bio(50)), ADD note VARCHAR(300) NULL, ADD KEY n (note, bio(9))",
        "ALTER TABLE clients ADD UNIQUE KEY one (note)"}},
      {"",
       {"ALTER TABLE messages ADD KEY mine (timestamp, client_id), ADD tag INT NULL, ADD KEY t (tag),"
        " ADD UNIQUE KEY u (tag), ADD UNIQUE KEY n (message_id)",
        "ALTER TABLE salons_adheres ADD KEY both_of (username, salon_id, id), ADD UNIQUE KEY i (salon_id, id)"}},
  };
  for (const auto& each : all)
    expect_what_the_dry_run_says(each);
}

TEST_F(AcceptedMariadb, ColumnsAreThoseThatStopNothing) {
  const strange_database all[] = {
      {"clients that are not the replaced server's may hold", {"ALTER TABLE clients ADD bio VARCHAR(15000)"}},
      {"salons that are not the replaced server's may hold", {"ALTER TABLE salons ADD bio VARCHAR(15000)"}},
      {"salons_adheres that are not the replaced server's may hold",
       {"ALTER TABLE salons_adheres ADD bio VARCHAR(15000)"}},
      {"bytes of a page", {many("ALTER TABLE clients", 29, "c# CHAR(255) CHARACTER SET latin1")}},
      {"are 501", {many("ALTER TABLE messages", 501, "c# TINYINT")}},
      {"messages.username is not", {"ALTER TABLE messages ADD username VARCHAR(255) NOT NULL"}},
      {"messages.status is not", {"ALTER TABLE messages ADD status VARCHAR(20) NOT NULL"}},
      {"salons_adheres.client_id is not", {"ALTER TABLE salons_adheres ADD client_id INT NOT NULL"}},
      {"clients.nom_key is not", {"ALTER TABLE clients ADD nom_key VARBINARY(9) NOT NULL"}},
      {"clients.nr is not the replaced server's and counts",
       {free_messages, "ALTER TABLE clients MODIFY client_id INT NOT NULL, ADD nr INT NOT NULL AUTO_INCREMENT,"
                       " ADD KEY (nr)"}},
      {"clients.since is not the replaced server's and has a date of zero",
       {"SET sql_mode = ''", "ALTER TABLE clients ADD since DATETIME NOT NULL DEFAULT '0000-00-00 00:00:00'"}},
      {"clients.tag is not the replaced server's and has a default that is computed",
       {"ALTER TABLE clients ADD tag VARCHAR(300) NULL DEFAULT (CONCAT(username, 'x'))"}},
      {"", {"ALTER TABLE clients ADD tag LONGTEXT NULL DEFAULT '" + std::string(60'000, 'x') + "'"}},
      {"",
       {"ALTER TABLE clients ADD tag VARCHAR(99) NULL DEFAULT 'it''s a \\\\', ADD flags BIT(3) NULL DEFAULT b'101',"
        " ADD seen DATETIME(3) NULL DEFAULT CURRENT_TIMESTAMP(3), ADD part DECIMAL(6, 2) NULL DEFAULT -1.50"}},
      {"clients.tag is not the replaced server's and has a default that is computed",
       {"ALTER TABLE clients ADD tag VARCHAR(300) NULL DEFAULT ('1' + '2')"}},
      {"clients.status (tinyint)", {"ALTER TABLE clients DROP COLUMN status, ADD status TINYINT NULL"}},
      {"clients.status (varbinary)", {"ALTER TABLE clients MODIFY status VARBINARY(20) NULL"}},
      {"messages (MEMORY)", {free_messages, "ALTER TABLE messages MODIFY contenu VARCHAR(200), ENGINE=MEMORY"}},
      {"", {"UPDATE clients SET status = NULL", "ALTER TABLE clients MODIFY status VARCHAR(10) NULL DEFAULT 'off'"}},
      {"",
       {"UPDATE clients SET status = 'connected' WHERE status IS NOT NULL",
        "ALTER TABLE clients MODIFY status ENUM('connected', 'away') NULL"}},
      {"", {"ALTER TABLE clients MODIFY status TEXT NULL"}},
      {"", {"ALTER TABLE clients MODIFY password_hash CHAR(64) CHARACTER SET ascii NOT NULL, MODIFY alias TEXT"}},
      {"",
       {"ALTER TABLE messages ADD username VARCHAR(255) NULL, ADD status VARCHAR(20) NOT NULL DEFAULT '',"
        " ADD alias TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP, MODIFY timestamp TIMESTAMP(3) NULL"}},
      {"",
       {"ALTER TABLE clients ADD a DECIMAL(9,2) NOT NULL DEFAULT 1.5, ADD b DATE NULL DEFAULT '2020-01-01', ADD c"
        " DATETIME(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3), ADD d BIT(3) NOT NULL"
        " DEFAULT b'1', ADD e ENUM('x', 'y') NOT NULL DEFAULT 'y', ADD f DOUBLE NOT NULL DEFAULT -1e-10"}},
      {"",
       {"ALTER TABLE clients ADD bio VARCHAR(8000)", "ALTER TABLE salons ADD bio VARCHAR(8000)",
        "ALTER TABLE salons_adheres ADD bio VARCHAR(8000)", "ALTER TABLE messages ADD bio VARCHAR(8000)"}},
      {"", {many("ALTER TABLE clients", 20, "c# CHAR(255) CHARACTER SET latin1")}},
      {"", {many("ALTER TABLE clients", 120, "c# TEXT")}},
      {"",
       {"SET sql_mode = ''", "ALTER TABLE clients ADD since DATE NULL, ADD until DATETIME NULL",
        "UPDATE clients SET since = '0000-00-00', until = '2020-00-00'",
        "UPDATE messages SET timestamp = 0 WHERE message_id = 4"}},
  };
  for (const auto& each : all)
    expect_what_the_dry_run_says(each);
}

TEST_F(AcceptedMariadb, RowsAreThoseThatFit) {
  const strange_database all[] = {
      {"the message 4 has an author",
       {free_messages, "ALTER TABLE messages MODIFY client_id BIGINT",
        "UPDATE messages SET client_id = 99999999999 WHERE message_id = 4"}},
      {"the message 4 has an author",
       {free_messages, "ALTER TABLE messages MODIFY salon_id INT UNSIGNED",
        "UPDATE messages SET salon_id = 3000000000 WHERE message_id = 4"}},
      {"the membership 1 names",
       {free_memberships, "ALTER TABLE salons_adheres MODIFY salon_id BIGINT UNSIGNED",
        "UPDATE salons_adheres SET salon_id = 18446744073709551615 WHERE id = 1"}},
      {"the membership 2 names",
       {free_memberships, "ALTER TABLE salons_adheres MODIFY username VARCHAR(600)",
        "ALTER TABLE salons_adheres DROP INDEX username",
        "UPDATE salons_adheres SET username = REPEAT('x', 600) WHERE id = 2"}},
      {"the membership 2147483647", {"INSERT INTO salons_adheres VALUES (2147483647, 'bob', 2)"}},
      {"has a number below 1 or above",
       {"ALTER TABLE messages MODIFY message_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT",
        "INSERT INTO messages(message_id, contenu) VALUES (18000000000000000000, 'x')"}},
      {"counts its numbers from 5000000000",
       {free_messages, "ALTER TABLE clients MODIFY client_id BIGINT NOT NULL AUTO_INCREMENT, AUTO_INCREMENT ="
                       " 5000000000"}},
      {"clients.alias (cp1251) has 1 values",
       {"UPDATE clients SET alias = CONCAT('?', client_id)",
        "ALTER TABLE clients MODIFY alias VARCHAR(255) CHARACTER SET cp1251 NOT NULL DEFAULT ''",
        "UPDATE clients SET alias = _cp1251 0x98 WHERE client_id = 5"}},
      {"messages has another primary key",
       {"UPDATE messages SET timestamp = NOW() WHERE timestamp IS NULL",
        "ALTER TABLE messages MODIFY timestamp TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, DROP PRIMARY KEY,"
        " ADD PRIMARY KEY (message_id, timestamp)"}},
      {"",
       {"UPDATE clients SET alias = CONCAT('?', client_id)",
        "ALTER TABLE clients MODIFY alias VARCHAR(255) CHARACTER SET cp1251 NOT NULL DEFAULT ''"}},
      {"",
       {free_messages, "ALTER TABLE messages MODIFY client_id BIGINT UNSIGNED, MODIFY salon_id SMALLINT",
        "UPDATE messages SET client_id = 2147483647, salon_id = -7 WHERE message_id = 4"}},
      {"",
       {free_memberships, "ALTER TABLE salons_adheres MODIFY salon_id BIGINT",
        "UPDATE salons_adheres SET salon_id = 99999999999, username = REPEAT('x', 200) WHERE id = 1"}},
      {"", {free_memberships, "UPDATE clients SET username = REPEAT('x', 255) WHERE client_id IN (7, 8, 9)"}},
      {"", {"UPDATE messages SET timestamp = FROM_UNIXTIME(2147483647) WHERE message_id = 4"}},
  };
  for (const auto& each : all)
    expect_what_the_dry_run_says(each);
}

TEST_F(AcceptedMariadb, KeysAreTheReplacedServersAlone) {
  const strange_database all[] = {
      {"my_reply of messages",
       {"ALTER TABLE messages ADD reply_to INT NULL, ADD CONSTRAINT my_reply FOREIGN KEY (reply_to) REFERENCES"
        " messages(message_id) ON DELETE SET NULL"}},
      {"my_owner of salons",
       {"ALTER TABLE salons ADD owner INT NULL, ADD CONSTRAINT my_owner FOREIGN KEY (owner) REFERENCES"
        " clients(client_id) ON DELETE SET NULL"}},
      {"positive",
       {"ALTER TABLE clients ADD points INT NOT NULL DEFAULT 0, ADD CONSTRAINT positive CHECK (points > -1)"}},
      {"", {free_messages, free_memberships}},
      {"",
       {free_messages, free_memberships,
        "ALTER TABLE clients ADD note VARCHAR(200) NULL, ADD KEY n (note), DROP KEY idx_username, ADD KEY idx_username "
        "(username(250)), ENGINE=MyISAM",
        "ALTER TABLE salons ENGINE=MyISAM",
        "ALTER TABLE salons_adheres DROP KEY username, ADD KEY username (username(250)), ADD KEY both_of (salon_id, "
        "id), ENGINE=MyISAM",
        "ALTER TABLE messages ENGINE=MyISAM, PACK_KEYS=1, CHECKSUM=1"}},
      {"one of clients",
       {free_messages, free_memberships, "DELETE FROM clients WHERE client_id > 7",
        "ALTER TABLE clients DROP KEY idx_username, ADD UNIQUE KEY one (username(200)), ENGINE=MyISAM"}},
  };
  for (const auto& each : all)
    expect_what_the_dry_run_says(each);
}

// A server that was told so since they were made refuses to make such a table again, and so to change it; an engine
// that takes no notice of an option keeps it for the next one.
TEST_F(AcceptedMariadb, OptionsOfTablesAreThoseThatStopNothing) {
  const support::temporary_folder elsewhere;
  const auto moved = [&](const std::string& engine) {
    return std::vector<std::string>{"SET GLOBAL innodb_file_per_table = ON", free_messages,
                                    "RENAME TABLE messages TO old",
                                    "CREATE TABLE messages (message_id INT AUTO_INCREMENT PRIMARY KEY) ENGINE=" + engine
                                        + " DATA DIRECTORY='" + elsewhere.path().string() + "' SELECT * FROM old",
                                    "DROP TABLE old"};
  };
  const char* usual = "MIN_ROWS=2 MAX_ROWS=1000 AVG_ROW_LENGTH=9 PACK_KEYS=1 STATS_PERSISTENT=1 STATS_AUTO_RECALC=1"
                      " STATS_SAMPLE_PAGES=3 CHECKSUM=1 DELAY_KEY_WRITE=1 CONNECTION='x'"
                      " COMMENT='it''s `a` \\\\ \n) /* PAGE_COMPRESSED=1 DATA DIRECTORY=x'";
  const strange_database of_both[] = {
      {"", {std::string("ALTER TABLE clients ") + usual}},
      {"", {free_messages, std::string("ALTER TABLE messages ENGINE=MyISAM ") + usual}},
  };
  const strange_database of_mariadb[] = {
      {"messages has options with which it may not be changed (DATA DIRECTORY=", moved("InnoDB")},
      {"messages has options with which it may not be changed (DATA DIRECTORY=", moved("MyISAM")},
      {"clients has options with which it may not be changed (PAGE_COMPRESSED=1)",
       {"SET GLOBAL innodb_file_per_table = ON", "ALTER TABLE clients PAGE_COMPRESSED=1"}},
      {"clients has options with which it may not be changed (PAGE_COMPRESSED=1, PAGE_COMPRESSION_LEVEL=77",
       {free_messages, free_memberships, "ALTER TABLE clients DROP KEY idx_username, ENGINE=MyISAM",
        "SET SESSION sql_mode = 'IGNORE_BAD_TABLE_OPTIONS'",
        "ALTER TABLE clients PAGE_COMPRESSED=1 PAGE_COMPRESSION_LEVEL=77 foo='bar'"}},
      {"messages has options with which it may not be changed (ENCRYPTED=YES)",
       {free_messages, "ALTER TABLE messages ENGINE=MyISAM", "SET SESSION sql_mode = 'IGNORE_BAD_TABLE_OPTIONS'",
        "ALTER TABLE messages ENCRYPTED=YES"}},
      {"", {free_messages, "ALTER TABLE messages ENGINE=Aria TRANSACTIONAL=1 PAGE_CHECKSUM=1"}},
  };
  const strange_database of_mysql[] = {
      {"clients has options with which it may not be changed (COMPRESSION=zlib)",
       {"SET GLOBAL innodb_file_per_table = ON", "ALTER TABLE clients COMPRESSION='zlib'"}},
      {"clients has options with which it may not be changed (AUTOEXTEND_SIZE=4194304)",
       {"SET GLOBAL innodb_file_per_table = ON", "ALTER TABLE clients AUTOEXTEND_SIZE=4M"}},
      {"", {"ALTER TABLE clients TABLESPACE=innodb_system", "ALTER TABLE messages COMPRESSION='NONE'"}},
  };
  for (const std::string files : {"ON", "OFF"}) {
    SCOPED_TRACE("innodb_file_per_table=" + files);
    const auto expect = [&](strange_database each) {
      each.statements.push_back("SET GLOBAL innodb_file_per_table = " + files);
      expect_what_the_dry_run_says(each);
    };
    std::for_each(std::begin(of_both), std::end(of_both), expect);
    if (support::mariadb_server::is_mysql())
      std::for_each(std::begin(of_mysql), std::end(of_mysql), expect);
    else
      std::for_each(std::begin(of_mariadb), std::end(of_mariadb), expect);
  }
  server().run("mysql", {"SET GLOBAL innodb_file_per_table = ON"});
}

// MariaDB tells them apart and its information_schema does not: the dry run named `clients` for what `Clients` had.
TEST_F(AcceptedMariadb, ATableThatDiffersByCapitalsAloneIsNamedAsThat) {
  const char* words = "the tables Clients and clients differ by capitals alone";
  expect_what_the_dry_run_says({words, {"CREATE TABLE Clients (x INT PRIMARY KEY, y VARCHAR(10) UNIQUE)"}});
  const auto where = old_database();
  open(where);
  server().run(where.name, {"CREATE TABLE Clients (x INT PRIMARY KEY, look_folded INT)",
                            "DELETE FROM schema_version WHERE version > 5"});
  EXPECT_THAT(refusal_of([&] { persistence::dry_run_mysql(where, {}); }), HasSubstr(words));
  EXPECT_THAT(refusal_of([&] { open(where); }), HasSubstr(words));
}

TEST_F(AcceptedMariadb, ACheckOfAPeriodIsToldHowToBeDropped) {
  if (support::mariadb_server::is_mysql())
    GTEST_SKIP() << "MySQL has no periods";
  const auto where = old_database();
  server().run(where.name, {"ALTER TABLE clients ADD s DATE NOT NULL DEFAULT '2020-01-01', ADD e DATE NOT NULL DEFAULT"
                            " '2030-01-01', ADD PERIOD FOR p (s, e)"});
  const auto words = testing::AllOf(HasSubstr("the check p of clients"), HasSubstr("DROP PERIOD FOR"));
  EXPECT_THAT(refusal_of([&] { persistence::dry_run_mysql(where, {}); }), words);
  server().run(where.name, {"ALTER TABLE clients DROP PERIOD FOR p"});
  EXPECT_EQ(refusal_of([&] { persistence::dry_run_mysql(where, {}); }), "");
  EXPECT_EQ(refusal_of([&] { open(where); }), "");
}

TEST_F(AcceptedMariadb, TriggersAndEventsAreSeenOrTheRightToSeeThemIsNamed) {
  auto where = old_database();
  server().run(where.name, {"CREATE TRIGGER mangle BEFORE UPDATE ON clients FOR EACH ROW SET NEW.password_hash = 'x'"});
  const auto before = support::lasting_content(server().as_root(where.name));
  where.user = "blind";
  server().run("mysql",
               {"CREATE USER blind@localhost",
                "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, LOCK TABLES ON `"
                    + where.name + "`.* TO blind@localhost"});
  const auto words = HasSubstr("looking for triggers and events needs (TRIGGER, EVENT)");

  EXPECT_THAT(refusal_of([&] { persistence::dry_run_mysql(where, {}); }), words);
  EXPECT_THAT(refusal_of([&] { open(where); }), words);

  EXPECT_EQ(support::lasting_content(server().as_root(where.name)), before);
}

// "You may interrupt it at any point", and who does so at night may let the replaced server go on until the morning.
TEST_F(AcceptedMariadb, TheReplacedServerMayHaveBeenUsedAfterAnInterruption) {
  for (const auto* at :
       {"ALTER TABLE salons MODIFY", "UPDATE clients SET username_key", "ADD UNIQUE KEY uq_salons_key",
        "ADD UNIQUE KEY uq_clients_username ", "UPDATE messages m", "ADD UNIQUE KEY uq_messages_seq"}) {
    SCOPED_TRACE(at);
    const auto where = old_database();
    persistence::mysql::tuning tuning;
    tuning.before_statement = [&](const std::string& statement) {
      if (statement.find(at) != std::string::npos)
        throw persistence::store_error(persistence::store_error::kind::setup, "interrupted");
    };
    EXPECT_EQ(refusal_of([&] { open(where, tuning); }), "interrupted");
    expect_an_interrupted_one_to_be_judged(where);
    const std::string memberships = "INSERT INTO salons_adheres(username, salon_id) VALUES ";
    const bool constrained = std::string(at).find("essages") != std::string::npos;
    if (constrained)
      server().run(where.name, {"SET sql_mode = ''", "INSERT INTO messages(client_id, salon_id, contenu) VALUES"
                                                     " (5, 1, ' tard'), (7, 1, ' plus tard'), (999, 1, 'x')"});
    else
      server().run(where.name, {"INSERT INTO clients(username, alias, password_hash) VALUES ('neu', 'Neu', 'x')",
                                memberships + "('NEU', 2), ('neu', 3), ('neu', 3), ('nobody', 2)",
                                "INSERT INTO messages(client_id, salon_id, contenu) VALUES (5, 1, ' tard')"});

    EXPECT_EQ(refusal_of([&] { persistence::dry_run_mysql(where, {}); }), "");
    std::unique_ptr<persistence::store> db;
    EXPECT_EQ(refusal_of([&] { db = open(where); }), "");

    ASSERT_TRUE(db);
    expect_a_working_chat(*db);
    EXPECT_EQ(support::asked(*db).memberships.members(salon_id{2}).size(), constrained ? 1u : 2u);
    EXPECT_EQ(support::ask_mysql(where, "SELECT contenu FROM messages WHERE contenu LIKE '%tard' AND seq ="
                                        " message_id")
                  .at(0)
                  .at(0),
              "tard");
  }
}

TEST_F(AcceptedMariadb, OldTablesThatWereLoadedBesideSalondsAreNotTakenForIts) {
  const auto where = old_database();
  open(where);
  server().run(where.name, {"SET foreign_key_checks = 0", "DROP TABLE clients, salons, salons_adheres, messages"});
  support::make_old_tables(server(), where.name, "utf8mb4", "utf8mb4_unicode_ci");
  const auto before = support::lasting_content(server().as_root(where.name));
  const auto words = testing::AllOf(HasSubstr("the table clients has no column alias_key"),
                                    HasSubstr("load them into an empty database"));

  EXPECT_THAT(refusal_of([&] { persistence::dry_run_mysql(where, {}); }), words);
  EXPECT_THAT(refusal_of([&] { open(where); }), words);

  EXPECT_EQ(support::lasting_content(server().as_root(where.name)), before);
}

TEST_F(AcceptedMariadb, ThePlanAndTheLogTellWhichIndexesGo) {
  const auto where = old_database();
  server().run(where.name, {"ALTER TABLE messages ADD KEY mine (timestamp)"});
  const auto told = testing::Contains(HasSubstr("the index mine of messages goes"));

  EXPECT_THAT(persistence::dry_run_mysql(where, {}), told);
  EXPECT_TRUE(open(where));
  EXPECT_THAT(log, told);
  EXPECT_THAT(log, testing::Not(testing::Contains(HasSubstr("the index idx_username"))));
}

} // namespace salond
