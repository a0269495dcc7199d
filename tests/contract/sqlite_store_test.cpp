// What only the SQLite store does: its file, its lock, its schema.
#include "protocol/words/names.hpp"
#include "tests/contract/sqlite_store_fixture.hpp"
#include "tests/support/stores.hpp"
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace salond {

using persistence::dry_run_sqlite;
using persistence::open_sqlite;
using persistence::store;
using persistence::store_error;
using support::decided;
using support::hostile_name;
using support::noon;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(SqliteStore, OnlyItsOwnerCanReadTheFiles) {
  const auto before = umask(0);
  const auto db = open();
  db->transact([&](const auto& db) { decisions::register_user(db, {hostile_name, hostile_name, "h"}); });
  umask(before);

  for (const auto* end : {"", "-wal", "-shm", ".lock"})
    EXPECT_EQ(mode_of(path + end), 0600u) << end;
}

TEST_F(SqliteStore, AnOrderlyEndLeavesOneFileAndALock) {
  auto db = open();
  db->transact([&](const auto& db) { decisions::register_user(db, {hostile_name, hostile_name, "h"}); });

  db.reset();

  EXPECT_THAT(files(), ElementsAre("l'été; x.db", "l'été; x.db.lock"));
}

TEST_F(SqliteStore, ASecondOneOnTheSameFileIsRefused) {
  const auto db = open();
  std::filesystem::create_symlink(path, folder / "link.db");

  EXPECT_THAT(refusal(), AllOf(HasSubstr("in use by another salond"), HasSubstr(path),
                               HasSubstr("process " + std::to_string(getpid()))));
  path = folder / "link.db";
  EXPECT_THAT(refusal(), HasSubstr("in use by another salond"));
  EXPECT_THROW(dry_run_sqlite({path}), store_error);
}

TEST_F(SqliteStore, AnotherOneMayFollow) {
  open().reset();

  EXPECT_EQ(refusal(), "");
}

TEST_F(SqliteStore, AReaderKeepsTheLock) {
  auto db = open();
  auto reader = db->reader();

  db.reset();
  EXPECT_THAT(refusal(), HasSubstr("in use"));
  reader.reset();
  EXPECT_EQ(refusal(), "");
}

TEST_F(SqliteStore, AReaderCannotWrite) {
  const auto db = open();
  const auto reader = db->reader();

  EXPECT_THROW(reader->transact([&](const auto& db) { decisions::create_salon(db, "x", policy::open, decided()); }),
               store_error);
  EXPECT_EQ(support::asked(*db).salons.all().size(), 5u);
}

TEST_F(SqliteStore, LivesInMemoryToo) {
  path = ":memory:";
  const auto db = open();

  db->transact([&](const auto& db) { EXPECT_TRUE(decisions::register_user(db, {hostile_name, hostile_name, "h"})); });

  EXPECT_TRUE(support::asked(*db).accounts.find(key_of(hostile_name)));
  EXPECT_EQ(db->reader(), nullptr);
}

TEST_F(SqliteStore, KeepsWhatItHasOverARestart) {
  auto db = open();
  db->transact([&](const auto& db) {
    const auto made = decisions::register_user(db, {hostile_name, hostile_name, "h"});
    db.messages.append({salon_id{1}, made->user.id, 7, support::hostile_text, noon});
    decisions::kick(db, key_of(hostile_name), support::after_noon(std::chrono::minutes(5)), decided());
  });

  db = nullptr;
  db = open();

  EXPECT_EQ(support::asked(*db).messages.history(salon_id{1}, 8, 1).at(0).text, support::hostile_text);
  EXPECT_EQ(support::asked(*db).bans.all(noon).size(), 1u);
  EXPECT_EQ(support::asked(*db).salons.all().at(0).last_seq, 7);
}

TEST_F(SqliteStore, KeepsTheHighestOrderNumberOfABannedUserOverARestart) {
  auto db = open();
  db->transact([&](const auto& db) {
    const auto made = decisions::register_user(db, {hostile_name, hostile_name, "h"});
    db.messages.append({salon_id{1}, made->user.id, 7, "gone", noon});
    decisions::ban(db, key_of(hostile_name), decided());
  });

  db = nullptr;
  db = open();

  EXPECT_EQ(support::asked(*db).salons.all().at(0).last_seq, 7);
}

TEST_F(SqliteStore, AUsersRowTellsWhetherHeIsConnected) {
  const auto db = open();
  user_id who;
  db->transact([&](const auto& db) { who = decisions::register_user(db, {"zoe", "zoe", "h"})->user.id; });
  const auto status = [&] { return sql("SELECT status FROM clients"); };
  EXPECT_EQ(status(), "disconnected\n");

  db->transact([&](const auto& db) { decisions::open_session(db, who, noon); });
  EXPECT_EQ(status(), "connected\n");
  db->transact([&](const auto& db) { db.sessions.close({who}, persistence::session_store::requests::end, noon); });
  EXPECT_EQ(status(), "disconnected\n");
  db->transact([&](const auto& db) { decisions::open_session(db, who, noon); });
  db->transact([&](const auto& db) { db.sessions.reset_presence(persistence::session_store::requests::end); });
  EXPECT_EQ(status(), "disconnected\n");
}

TEST_F(SqliteStore, AKickedUserDoesNotBecomeConnected) {
  const auto db = open();
  db->transact([&](const auto& db) {
    const auto who = decisions::register_user(db, {"zoe", "zoe", "h"})->user.id;
    decisions::kick(db, "zoe", support::after_noon(std::chrono::minutes(5)), decided());
    decisions::open_session(db, who, noon);
  });

  EXPECT_EQ(sql("SELECT status FROM clients"), "disconnected\n");
}

TEST_F(SqliteStore, DecisionsAreAudited) {
  const auto db = open();
  db->transact([&](const auto& db) {
    const auto zoe = decisions::register_user(db, {"Zoé", "z", "old"})->user.id;
    decisions::add_request(db, salon_id{5}, zoe, noon);
    decisions::accept_request(db, salon_id{5}, zoe, decided());
    decisions::reject_request(db, salon_id{5}, zoe, decided());
    decisions::change_password(db, zoe, "old", "new", decided("Zoé"));
    auto himself = decided("zoé");
    himself.account = zoe;
    decisions::kick(db, key_of("Zoé"), noon, himself);
    decisions::kick(db, key_of("Zoé"), support::after_noon(std::chrono::minutes(5)), decided());
    decisions::ban(db, key_of("Zoé"), decided());
    decisions::unban(db, key_of("Zoé"), decided());
    decisions::ban(db, "nobody", decided());
  });

  EXPECT_EQ(sql("SELECT by_whom || '|' || what || '|' || to_whom || '|' || result FROM audit ORDER BY audit_id"),
            "root|accept|Zoé (Marketing)|done\n"
            "root|reject|Zoé (Marketing)|done\n"
            "Zoé|change_password|Zoé|done\n"
            "zoé|kick|Zoé|not_allowed\n"
            "root|kick|Zoé (5 minutes)|done\n"
            "root|ban|Zoé|done\n"
            "root|unban|Zoé|done\n"
            "root|ban|nobody|unknown_user\n");
  EXPECT_EQ(sql("SELECT DISTINCT at_ms || from_where || reason FROM audit"),
            std::to_string(to_ms(noon)) + "192.0.2.1spam: '\"; -- 🦊\n");
}

TEST_F(SqliteStore, TheAuditOnlyGrows) {
  const auto db = open();
  db->transact([&](const auto& db) { decisions::ban(db, "nobody", decided()); });

  EXPECT_EQ(sql("DELETE FROM audit"), "error: the audit log only grows");
  EXPECT_EQ(sql("UPDATE audit SET result = ''"), "error: the audit log only grows");
}

// --- opening ---

TEST_F(SqliteStore, ASecondStartMigratesNothing) {
  std::vector<std::string> first, second;
  open_sqlite({path}, [&](const std::string& line) { first.push_back(line); });
  const auto before = sql("SELECT sql FROM sqlite_schema");

  open_sqlite({path}, [&](const std::string& line) { second.push_back(line); });

  EXPECT_THAT(first,
              ElementsAre(HasSubstr("schema 1"), HasSubstr("schema 2"), HasSubstr("schema 3"), HasSubstr("schema 4"),
                          HasSubstr("schema 5"), HasSubstr("schema 6"), HasSubstr("schema 7"), HasSubstr("schema 8"),
                          HasSubstr("schema 9"), HasSubstr("schema 10"), HasSubstr("schema 11"), HasSubstr("schema 12"),
                          HasSubstr("schema 13"), HasSubstr("schema 14"), HasSubstr("schema 15"),
                          HasSubstr("schema 16"), HasSubstr("schema 17"), HasSubstr("schema 18")));
  EXPECT_THAT(second, IsEmpty());
  EXPECT_EQ(sql("SELECT sql FROM sqlite_schema"), before);
  EXPECT_EQ(sql("PRAGMA user_version"), "18\n");
  EXPECT_EQ(sql("SELECT count(*) FROM salons"), "5\n");
}

TEST_F(SqliteStore, AFileOfTheFirstSchemaKeepsWhatItHas) {
  auto db = open();
  const auto fresh = sql("SELECT sql FROM sqlite_schema ORDER BY name");
  db->transact([&](const auto& db) { decisions::register_user(db, {hostile_name, hostile_name, "h"}); });
  db = nullptr;
  EXPECT_EQ(
      sql("DROP TRIGGER messages_keep_numbers; DELETE FROM sqlite_sequence WHERE name = 'messages';"
          "DROP TABLE search_grams; DROP TABLE search_parts;"
          "DROP TABLE message_ages; DROP TABLE message_looks; DROP TABLE departures;"
          "ALTER TABLE clients DROP COLUMN gone_ms; ALTER TABLE salons DROP COLUMN retention_days;"
          "ALTER TABLE audit DROP COLUMN node; DROP TABLE address_bans; DROP TABLE invitation_salons; DROP TABLE "
          "invitations; ALTER TABLE clients "
          "DROP COLUMN disabled_ms;"
          "ALTER TABLE bans DROP COLUMN by_whom; DROP TABLE moderators; DROP TABLE registrations; DROP TABLE "
          "notices; DROP TABLE known_addresses;"
          "ALTER TABLE clients DROP COLUMN last_seen_ms; ALTER TABLE salons DROP COLUMN topic;"
          "ALTER TABLE salons DROP COLUMN archived_ms; DROP INDEX ix_pm_to; DROP INDEX ix_pm_from;"
          "DROP INDEX ix_pm_waiting; ALTER TABLE private_messages DROP COLUMN bytes;"
          "CREATE INDEX ix_pm_to ON private_messages(to_client_id, delivered_ms, from_client_id);"
          "CREATE INDEX ix_pm_from ON private_messages(from_client_id);"
          "ALTER TABLE salons_adheres DROP COLUMN by_moderator; DROP INDEX ix_clients_look_folded;"
          "DROP INDEX ix_clients_look_spelled; ALTER TABLE clients DROP COLUMN look_folded;"
          "ALTER TABLE clients DROP COLUMN look_spelled; DROP INDEX ix_messages_author;"
          "DROP INDEX ix_bans_until; DROP INDEX ix_clients_role; DROP INDEX ix_bans_look_folded;"
          "DROP INDEX ix_bans_look_spelled; ALTER TABLE bans DROP COLUMN look_folded;"
          "ALTER TABLE bans DROP COLUMN look_spelled; PRAGMA writable_schema=ON;"
          "UPDATE sqlite_schema SET sql = replace(replace(sql, 'client_id INTEGER,', 'client_id INTEGER NOT NULL"
          " REFERENCES clients(client_id) ON DELETE CASCADE,'), 'salon_id INTEGER REF',"
          " 'salon_id INTEGER NOT NULL REF') WHERE type = 'table' AND name = 'messages';"
          "UPDATE sqlite_schema SET sql = replace(sql, '_client_id INTEGER NOT NULL', '_client_id INTEGER NOT NULL"
          " REFERENCES clients(client_id) ON DELETE CASCADE') WHERE type = 'table' AND name = 'private_messages';"
          "PRAGMA writable_schema=RESET; PRAGMA user_version=1"),
      "");
  EXPECT_THAT(dry_run_sqlite({path}),
              ElementsAre(HasSubstr("schema 2"), HasSubstr("schema 3"), HasSubstr("schema 4"), HasSubstr("schema 5"),
                          HasSubstr("schema 6"), HasSubstr("schema 7"), HasSubstr("schema 8"), HasSubstr("schema 9"),
                          HasSubstr("schema 10"), HasSubstr("schema 11"), HasSubstr("schema 12"),
                          HasSubstr("schema 13"), HasSubstr("schema 14"), HasSubstr("schema 15"),
                          HasSubstr("schema 16"), HasSubstr("schema 17"), HasSubstr("schema 18")));

  db = open();

  EXPECT_EQ(sql("PRAGMA user_version"), "18\n");
  EXPECT_EQ(support::asked(*db).accounts.profile(key_of(hostile_name))->last_seen, std::nullopt);
  EXPECT_EQ(support::asked(*db).salons.all().size(), 5u);
  outcome<persistence::registered_user> alike = fault::storage;
  db->transact([&](const auto& db) {
    alike = decisions::register_user(db, {"1" + hostile_name.substr(1), "other", "h"});
  });
  EXPECT_EQ(alike.why(), fault::name_taken); // old names have skeletons now
  db = nullptr;
  EXPECT_EQ(sql("SELECT sql FROM sqlite_schema ORDER BY name"), fresh);
}

// Step 15 made it in the order of its parts, step 18 has another one.
TEST_F(SqliteStore, AnIndexOfSearchesInTheOldOrderIsBuiltAnew) {
  open();
  const auto fresh = sql("SELECT sql FROM sqlite_schema ORDER BY name");
  EXPECT_EQ(sql("DROP TABLE search_grams; DROP TABLE search_parts;"
                "CREATE TABLE search_parts (salon_id INTEGER NOT NULL, part INTEGER NOT NULL, ends INTEGER NOT NULL,"
                " messages INTEGER NOT NULL, state INTEGER NOT NULL, builder INTEGER NOT NULL,"
                " PRIMARY KEY (salon_id, part)) STRICT, WITHOUT ROWID;"
                "CREATE INDEX ix_search_parts_state ON search_parts(state);"
                "CREATE TABLE search_grams (salon_id INTEGER NOT NULL, part INTEGER NOT NULL, gram INTEGER NOT NULL,"
                " seqs BLOB NOT NULL, PRIMARY KEY (salon_id, part, gram)) STRICT, WITHOUT ROWID;"
                "INSERT INTO search_parts VALUES (1, 0, 10, 5, 0, 1); PRAGMA user_version = 17"),
            "");

  open();

  EXPECT_EQ(sql("SELECT sql FROM sqlite_schema ORDER BY name"), fresh);
  EXPECT_EQ(sql("SELECT count(*) FROM search_parts"), "0\n");
}

TEST_F(SqliteStore, TakesAnEmptyFile) {
  std::ofstream{path}.close();

  const auto db = open();
  EXPECT_EQ(support::asked(*db).salons.all().size(), 5u);
}

TEST_F(SqliteStore, RefusesWhatIsNoDatabase) {
  const std::string content(5000, 'x');
  std::ofstream{path} << content;

  EXPECT_THAT(refusal(), AllOf(HasSubstr(path), HasSubstr("not a database"), HasSubstr("restore the last backup")));
  EXPECT_THAT([&] { dry_run_sqlite({path}); }, testing::Throws<store_error>());
  EXPECT_EQ(std::filesystem::file_size(path), content.size());
}

TEST_F(SqliteStore, RefusesTheDatabaseOfAnotherProgramAndLeavesItAsItIs) {
  sql("CREATE TABLE recipes(name TEXT)");

  EXPECT_THAT(refusal(), AllOf(HasSubstr(path), HasSubstr("belongs to another program")));
  EXPECT_EQ(sql("PRAGMA journal_mode"), "delete\n");
  EXPECT_EQ(sql("SELECT name FROM sqlite_schema"), "recipes\n");
}

TEST_F(SqliteStore, RefusesANewerSchema) {
  open();
  sql("PRAGMA user_version=4711");

  EXPECT_THAT(refusal(), AllOf(HasSubstr(path), HasSubstr("newer salond"), HasSubstr("4711")));
}

TEST_F(SqliteStore, RefusesASchemaThatIsDamaged) {
  open();
  for (const auto* number : {"-1", "-100"}) {
    sql(std::string("PRAGMA user_version=") + number);
    EXPECT_THAT(refusal(), HasSubstr("which is a damage")) << number;
  }
}

TEST_F(SqliteStore, RefusesAFolder) {
  std::filesystem::create_directory(path);

  EXPECT_THAT(refusal(), HasSubstr("is a folder"));
}

TEST_F(SqliteStore, RefusesADevice) {
  path = "/dev/null";

  EXPECT_THAT(refusal(), HasSubstr("/dev/null is a device, a pipe or a socket"));
}

TEST_F(SqliteStore, RefusesAPathWithoutAFolder) {
  path = folder / "no/such/x.db";

  EXPECT_THAT(refusal(), AllOf(HasSubstr("no/such/x.db"), HasSubstr("folder must exist")));
  EXPECT_THAT([&] { dry_run_sqlite({path}); }, testing::Throws<store_error>());
}

TEST_F(SqliteStore, RefusesAnEmptyPath) {
  path = "";

  EXPECT_THAT(refusal(), HasSubstr("cannot be the path"));
}

TEST_F(SqliteStore, RefusesAFileThatAnotherProgramIsWriting) {
  open();
  sqlite3* other = nullptr;
  sqlite3_open(path.c_str(), &other);
  sqlite3_exec(other, "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE", nullptr, nullptr, nullptr);

  EXPECT_THAT(refusal(), AllOf(HasSubstr(path), HasSubstr("end the other program")));
  sqlite3_close(other);
}

TEST_F(SqliteStore, RefusesAFileItMayOnlyRead) {
  open();
  chmod(path.c_str(), 0400);
  const auto root = getuid() == 0; // who may write everything: so it looks as somebody else
  constexpr uid_t nobody = 65534;
  if (root) {
    ASSERT_EQ(chown(folder.path().c_str(), nobody, nobody), 0);
    for (const auto& name : files())
      ASSERT_EQ(chown((folder / name).c_str(), nobody, nobody), 0);
    ASSERT_EQ(seteuid(nobody), 0);
  }

  const auto told = refusal();

  if (root) {
    ASSERT_EQ(seteuid(0), 0);
  }
  EXPECT_THAT(told, AllOf(HasSubstr(path), HasSubstr("readable and writable")));
}

// --- dry run ---

TEST_F(SqliteStore, ADryRunSaysWhatItWouldMakeAndMakesNothing) {
  EXPECT_THAT(dry_run_sqlite({path}),
              ElementsAre(HasSubstr(path), HasSubstr("schema 1"), HasSubstr("schema 2"), HasSubstr("schema 3"),
                          HasSubstr("schema 4"), HasSubstr("schema 5"), HasSubstr("schema 6"), HasSubstr("schema 7"),
                          HasSubstr("schema 8"), HasSubstr("schema 9"), HasSubstr("schema 10"), HasSubstr("schema 11"),
                          HasSubstr("schema 12"), HasSubstr("schema 13"), HasSubstr("schema 14"),
                          HasSubstr("schema 15"), HasSubstr("schema 16"), HasSubstr("schema 17"),
                          HasSubstr("schema 18")));
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(SqliteStore, ADryRunOfAnEmptyFileSaysTheStepsAlone) {
  std::ofstream{path}.close();

  EXPECT_THAT(dry_run_sqlite({path}),
              ElementsAre(HasSubstr("schema 1"), HasSubstr("schema 2"), HasSubstr("schema 3"), HasSubstr("schema 4"),
                          HasSubstr("schema 5"), HasSubstr("schema 6"), HasSubstr("schema 7"), HasSubstr("schema 8"),
                          HasSubstr("schema 9"), HasSubstr("schema 10"), HasSubstr("schema 11"), HasSubstr("schema 12"),
                          HasSubstr("schema 13"), HasSubstr("schema 14"), HasSubstr("schema 15"),
                          HasSubstr("schema 16"), HasSubstr("schema 17"), HasSubstr("schema 18")));
  EXPECT_EQ(std::filesystem::file_size(path), 0u);
}

TEST_F(SqliteStore, ADryRunOfWhatIsUpToDateSaysNothing) {
  open();
  const auto before = files();

  EXPECT_THAT(dry_run_sqlite({path}), IsEmpty());
  EXPECT_EQ(files(), before);
}

} // namespace salond
