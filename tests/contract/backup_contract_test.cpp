// Backups and what is restored from them, between databases of either kind.
#include "persistence/backup/backup.hpp"
#include "protocol/words/names.hpp"
#include "tests/support/mariadb.hpp"
#include "tests/support/stores.hpp"
#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <set>

namespace salond::persistence {
namespace {

using support::decided;
using support::hostile_name;
using support::hostile_text;
using support::noon;
using testing::HasSubstr;

/// One kind of database.
struct kind {
  std::string name;
  std::function<std::string()> why_not;
  std::function<config::database(const support::temporary_folder&)> make;
  /// "table.column" of all that there are.
  std::function<support::rows(const config::database&)> columns;
  /// What is no part of a backup.
  std::set<std::string> left_out;
};

const kind sqlite_kind{
    "sqlite",
    [] { return std::string(); },
    [](const support::temporary_folder& folder) -> config::database {
      static int number = 0;
      return config::sqlite_database{folder / (std::to_string(++number) + ".db")};
    },
    [](const config::database& where) {
      return support::ask_sqlite(std::get<config::sqlite_database>(where).path,
                                 "SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c "
                                 "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'");
    },
    {"private_messages.bytes",     "clients.look_folded",    "clients.look_spelled",   "registrations.look_folded",
     "registrations.look_spelled", "bans.look_folded",       "bans.look_spelled",      "message_ages.salon_id",
     "message_ages.block",         "message_ages.oldest_ms", "message_looks.salon_id", "message_looks.looked",
     "message_looks.untold",       "search_parts.salon_id",  "search_parts.part",      "search_parts.ends",
     "search_parts.messages",      "search_parts.state",     "search_parts.builder",   "search_parts.stretch",
     "search_grams.salon_id",      "search_grams.stretch",   "search_grams.gram",      "search_grams.part",
     "search_grams.seqs"}};

const kind mariadb_kind{
    "mariadb",
    support::mariadb_server::why_not,
    [](const support::temporary_folder&) -> config::database {
      return support::mariadb_server::shared().new_database();
    },
    [](const config::database& where) {
      return support::ask_mysql(std::get<config::mysql_database>(where),
                                "SELECT CONCAT(TABLE_NAME, '.', COLUMN_NAME) FROM information_schema.COLUMNS "
                                "WHERE TABLE_SCHEMA = DATABASE()");
    },
    {"schema_version.version", "schema_version.name", "schema_version.applied_ms", "writers.node_id", "writers.batch",
     "writers.fenced", "messages.timestamp", "clients.look_folded", "clients.look_spelled", "registrations.look_folded",
     "registrations.look_spelled", "bans.look_folded", "bans.look_spelled", "private_messages.bytes",
     // The index of searches, which is built anew.
     "search_parts.salon_id", "search_parts.part", "search_parts.ends", "search_parts.messages", "search_parts.state",
     "search_parts.builder", "search_parts.stretch", "search_grams.salon_id", "search_grams.stretch",
     "search_grams.gram", "search_grams.part", "search_grams.seqs",
     // What nodes share while they run.
     "messages.post", "nodes.node_id", "nodes.name", "nodes.endpoint", "nodes.version", "nodes.folder", "nodes.state",
     "nodes.beat", "nodes.gone", "nodes.homes", "nodes.connections", "nodes.users", "nodes.unreached",
     "nodes.news_read", "nodes.since_ms", "homes.salon_id", "homes.node_id", "homes.epoch", "presences.client_id",
     "presences.node_id", "news.news_id", "news.node_id", "news.what", "news.client_id", "news.salon_id", "news.name",
     "certificates.authority", "certificates.serial", "certificates.holder", "certificates.from_s",
     "certificates.until_s", "certificates.revoked_s", "counters.name", "counters.value", "message_ages.salon_id",
     "message_ages.block", "message_ages.oldest_ms", "message_looks.salon_id", "message_looks.looked",
     "message_looks.untold"}};

void PrintTo(const kind& one, std::ostream* out) {
  *out << one.name;
}

open_options at(const config::database& where) {
  open_options options;
  options.where = where;
  return options;
}

struct backup {
  std::string text;
  backup_facts facts;
  std::vector<std::string> rows; ///< the lines with rows, and how many there are of each table
};

backup back_up(store& db) {
  backup result;
  const auto take = [&](const std::string& line) {
    result.text += line;
    if (line.front() == '[')
      result.rows.push_back(line);
  };
  const auto side = db.reader();
  side->snapshot([&](const reading& seen) { result.facts = write_backup(seen, take, "test", noon, [](uint64_t) {}); });
  for (const auto count : result.facts.rows)
    result.rows.push_back(std::to_string(count));
  return result;
}

/// Numbers that no deleted row gives back, of each database alike.
std::vector<int64_t> lasting_numbers(const backup& of) {
  std::vector<int64_t> result;
  for (size_t at = 0; at < stored_tables().size(); ++at)
    for (const auto* lasting : {"clients", "salons", "private_messages", "audit"})
      if (stored_tables()[at].name == std::string_view(lasting))
        result.push_back(of.facts.next_numbers[at]);
  return result;
}

/// Something in every table and every column.
void fill(store& db) {
  db.transact([&](const auto& db) {
    const auto zoe = decisions::register_user(db, {hostile_name, "Z", "$argon2id$hash"})->user.id;
    const auto paul =
        decisions::register_user(db, {support::longest_name, "paul", std::string(64, 'a'), role::moderator})->user.id;
    const auto gone = decisions::register_user(db, {"gone", "gone", "h"})->user.id;
    decisions::set_role(db, key_of(support::longest_name), role::moderator, {salon_id{1}, salon_id{5}}, decided());
    decisions::open_session(db, zoe, noon);
    db.sessions.remember_address(zoe, "2001:db8::/64", noon);
    decisions::set_topic(db, salon_id{2}, hostile_text, decided());
    decisions::create_salon(db, "Vieux", policy::open, decided());
    decisions::archive_salon(db, salon_id{6}, decided());
    decisions::create_salon(db, "Neuf", policy::open, decided());
    for (int64_t seq = 1; seq <= 1200; ++seq)
      db.messages.append({salon_id{1}, seq % 3 == 0 ? zoe : paul, seq, hostile_text + std::to_string(seq), noon});
    db.messages.append({salon_id{2}, gone, 77, "goes", moment{}});
    db.messages.append({salon_id{3}, zoe, 5, std::string(8192, 'x'), moment{}});
    decisions::store_private(db, zoe, key_of(support::longest_name), hostile_text, noon);
    decisions::store_private(db, paul, key_of(hostile_name), "delivered", noon);
    db.private_messages.mark_delivered({decisions::open_session(db, zoe, noon)->waiting.at(0).id}, noon);
    decisions::add_request(db, salon_id{3}, zoe, noon);
    db.sessions.issue_token(paul, std::string("\0\xFF", 2) + std::string(30, '\x7F'), noon,
                            noon + std::chrono::hours(1));
    decisions::create_invitation(db, {std::string("\0\xFF", 2) + std::string(30, '\x7F'), 3, noon, {salon_id{1}}},
                                 decided());
    db.retention.put_own_days(salon_id{3}, 30);
    db.retention.put_own_days(salon_id{6}, 0);
    decisions::disable_user(db, "gone", decided());
    decisions::kick(db, key_of(support::longest_name), noon + std::chrono::minutes(5), decided());
    decisions::ban(db, "gone", decided());
    decisions::ban_address(db, *address_range::parse("2001:db8::/48"), noon + std::chrono::minutes(5), decided());
  });
  const auto table = [](const char* name) -> const stored_table& {
    for (const auto& stored_table : stored_tables())
      if (stored_table.name == std::string_view(name))
        return stored_table;
    throw std::logic_error(name);
  };
  db.transact([&](const auto& db) { // what no function of the store writes yet, and what only the replaced server left
    db.rows.put(table("notices"), {{int64_t{1}, int64_t{3}, int64_t{1}, int64_t{42}}});
    db.rows.put(table("registrations"),
                {{std::string("waits"), std::string("Waits"), std::string("w"), std::string("W"), std::string("hash"),
                  int64_t{42}, std::string("192.0.2.1")}});
    db.rows.put(table("messages"),
                {{int64_t{5000}, nullptr, nullptr, int64_t{1}, std::string("nobody's"), int64_t{1}}});
  });
}

class BackupContract : public testing::TestWithParam<kind> {
protected:
  void SetUp() override {
    if (const auto missing = GetParam().why_not(); !missing.empty()) {
      if (std::getenv("CI"))
        FAIL() << missing;
      GTEST_SKIP() << missing;
    }
  }
  std::string file(const std::string& text) {
    const std::string path = folder_ / "file";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  std::unique_ptr<store> restored(const config::database& where, const std::string& text) {
    const auto path = file(text);
    const auto facts = check_backup(path);
    auto db = open_empty(at(where));
    load_backup(*db, path, facts, [](uint64_t) {});
    return db;
  }
  config::database new_one() { return GetParam().make(folder_); }

  support::temporary_folder folder_;
};

TEST_P(BackupContract, HoldsEveryTableAndColumn) {
  const auto where = new_one();
  const auto db = open(at(where));

  std::set<std::string> have, listed = GetParam().left_out;
  for (const auto& row : GetParam().columns(where))
    have.insert(row.at(0));
  for (const auto& table : stored_tables())
    for (const auto& column : table.columns)
      listed.insert(std::string(table.name) + "." + column.name);

  EXPECT_EQ(have, listed) << "a new table or column belongs into stored_tables(), or is left out for a reason";
}

TEST_P(BackupContract, IsRestoredRowForRowIntoEitherKind) {
  for (const auto& [from, to] : {std::pair{&GetParam(), &GetParam()}, std::pair{&GetParam(), &sqlite_kind},
                                 std::pair{&sqlite_kind, &GetParam()}}) {
    SCOPED_TRACE(from->name + " to " + to->name);
    const auto original = open(at(from->make(folder_)));
    fill(*original);
    const auto first = back_up(*original);
    EXPECT_GT(first.rows.size(), 1200u);

    const auto there = restored(to->make(folder_), first.text);
    const auto second = back_up(*there);
    const auto back = restored(from->make(folder_), second.text);

    EXPECT_EQ(second.rows, first.rows);
    EXPECT_EQ(lasting_numbers(second), lasting_numbers(first));
    EXPECT_EQ(back_up(*back).rows, first.rows);
  }
}

TEST_P(BackupContract, ARestoredDatabaseGoesOnWithNumbersAndOrder) {
  const auto original = open(at(new_one()));
  fill(*original);
  const auto copy = restored(new_one(), back_up(*original).text);

  const auto one = [](store& db) {
    outcome<registered_user> made = fault::storage;
    db.transact([&](const auto& db) { made = decisions::register_user(db, {"next", "next", "h"}); });
    return made->user.id;
  };
  EXPECT_EQ(one(*copy), one(*original)) << "the number of the account that was banned is not used again";
  EXPECT_EQ(support::asked(*copy).salons.all().at(1).last_seq, 77);
  EXPECT_EQ(support::asked(*copy).messages.history(salon_id{1}, 10'000, 2000).size(), 1200u);
}

TEST_P(BackupContract, ASnapshotIsOneState) {
  const auto db = open(at(new_one()));
  const auto side = db->reader();
  const auto& clients = stored_tables().front();
  size_t before = 1, after = 1;

  side->snapshot([&](const auto& seen) {
    before = seen.rows.after(clients, {}, 10).size();
    db->transact([&](const auto& db) { decisions::register_user(db, {"zoë", "z", "h"}); });
    after = seen.rows.after(clients, {}, 10).size();
  });

  EXPECT_EQ(before, 0u);
  EXPECT_EQ(after, 0u);
  side->snapshot([&](const auto& seen) { after = seen.rows.after(clients, {}, 10).size(); });
  EXPECT_EQ(after, 1u);
}

TEST_P(BackupContract, ALongSnapshotIsOneState) {
  const auto db = open(at(new_one()));
  const auto side = db->reader();
  const auto& clients = stored_tables().front();
  fill(*db);
  std::vector<size_t> seen;
  std::vector<double> shares;

  side->long_snapshot(
      [&](const auto& in) {
        for (int n = 0; n < 3; ++n) {
          seen.push_back(in.rows.after(clients, {}, 1000).size());
          const auto name = "user" + std::to_string(n);
          db->transact([&](const auto& out) { decisions::register_user(out, {name, name, "h"}); });
        }
      },
      [&](double share) { shares.push_back(share); });

  EXPECT_THAT(shares, testing::Each(testing::AllOf(testing::Ge(0), testing::Le(1)))); // MySQL copies nothing
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_GT(seen[0], 1u);
  EXPECT_THAT(seen, testing::Each(seen[0]));
  side->snapshot([&](const auto& in) { EXPECT_EQ(in.rows.after(clients, {}, 1000).size(), seen[0] + 3); });
  EXPECT_THROW(side->long_snapshot([](const auto&) { throw std::runtime_error("enough"); }, [](double) {}),
               std::runtime_error);
  side->read([&](const auto& in) { EXPECT_EQ(in.rows.after(clients, {}, 1000).size(), seen[0] + 3); });
}

TEST_P(BackupContract, IsRestoredIntoAnEmptyDatabaseAlone) {
  const auto where = new_one();
  {
    const auto db = open(at(where)); // its tables, and nothing else
  }
  EXPECT_NO_THROW(open_empty(at(where)));
  {
    const auto db = open(at(where));
    db->transact([&](const auto& db) { db.audit.note(decided(), {"what"}, "whom", "done"); });
  }
  try {
    open_empty(at(where));
    FAIL() << "took a database with something in it";
  } catch (const store_error& why) {
    EXPECT_EQ(why.what_kind(), store_error::kind::setup);
    EXPECT_THAT(why.what(), HasSubstr("not empty"));
  }
}

/// As a restore leaves it that was interrupted while it made the tables, behind step `version`: MariaDB undoes no
/// table.
config::database interrupted_behind(int version) {
  const auto where = support::mariadb_server::shared().new_database();
  open(at(where)).reset();
  support::mariadb_server::shared().run(
      where.name,
      {"DROP TABLE known_addresses", "DELETE FROM schema_version WHERE version > " + std::to_string(version)});
  return where;
}

TEST_P(BackupContract, ARestoreThatIsInterruptedWhileItMakesTheTablesCanBeginAgain) {
  if (GetParam().name != mariadb_kind.name)
    GTEST_SKIP() << "there it is one transaction";
  const auto original = open(at(new_one()));
  fill(*original);
  const auto whole = back_up(*original);
  for (int version = 1; version < 6; ++version) // the first is written together with the salons
    EXPECT_EQ(back_up(*restored(interrupted_behind(version), whole.text)).rows, whole.rows) << version;
}

TEST_P(BackupContract, TablesThatAreNotAllMadeAreFullWhereTheyHoldARow) {
  if (GetParam().name != mariadb_kind.name)
    GTEST_SKIP() << "there it is one transaction";
  const auto where = std::get<config::mysql_database>(interrupted_behind(5));
  support::mariadb_server::shared().run(where.name, {"INSERT INTO salons(salon_id, nom_salon, nom_key, policy)"
                                                     " VALUES (6, 'Sixième', 'sixième', 'open')"});
  try {
    open_empty(at(where));
    FAIL() << "took a database with something in it";
  } catch (const store_error& why) {
    EXPECT_THAT(why.what(), HasSubstr("not empty"));
  }
  EXPECT_EQ(support::ask_mysql(where, "SELECT MAX(version) FROM schema_version").at(0).at(0), "5") << "not changed";
}

TEST_P(BackupContract, ARestoreThatEndsEarlyLeavesNothingAndCanBeginAgain) {
  const auto original = open(at(new_one()));
  fill(*original);
  const auto whole = back_up(*original);
  const auto path = file(whole.text);
  const auto facts = check_backup(path);
  const auto where = new_one();
  {
    const auto db = open_empty(at(where));
    const auto stop = [](uint64_t rows) {
      if (rows > 1000)
        throw std::runtime_error("the test says so");
    };
    EXPECT_THROW(load_backup(*db, path, facts, stop), std::runtime_error);
    EXPECT_TRUE(is_untouched(support::asked(*db)));
    file(whole.text.substr(0, whole.text.size() - 100)); // after it was checked
    EXPECT_THROW(load_backup(*db, path, facts, [](uint64_t) {}), backup_error);
    EXPECT_TRUE(is_untouched(support::asked(*db)));
  }
  EXPECT_EQ(back_up(*restored(where, whole.text)).rows, whole.rows);
}

TEST_P(BackupContract, CountsTheBytesThatWaitInARestoredMailbox) {
  auto db = open(at(new_one()));
  db->transact([&](const auto& db) {
    const auto zoe = decisions::register_user(db, {"zoe", "zoe", "h"})->user.id;
    decisions::register_user(db, {"paul", "paul", "h"});
    for (int i = 0; i < 8; ++i)
      ASSERT_TRUE(decisions::store_private(db, zoe, "paul", std::string(32768, 'x'), noon));
  });
  const auto text = back_up(*db).text;
  db = nullptr;

  db = restored(new_one(), text);

  db->transact([&](const auto& db) {
    EXPECT_EQ(decisions::store_private(db, db.accounts.find("zoe")->id, "paul", "x", noon).why(), fault::mailbox_full);
  });
}

TEST_P(BackupContract, NumbersOfPrivateMessagesGoOnBehindARestart) {
  const auto where = new_one();
  std::vector<int64_t> numbers;
  for (int start = 0; start < 3; ++start) {
    const auto db = open(at(where));
    db->transact([&](const auto& db) {
      if (start == 0)
        decisions::register_user(db, {"zoe", "zoe", "h"});
      for (int n = 0; n < 3; ++n)
        numbers.push_back(decisions::store_private(db, db.accounts.find("zoe")->id, "zoe", "x", noon)->id.value);
    });
    EXPECT_THROW(db->transact([&](const auto& db) {
      decisions::store_private(db, db.accounts.find("zoe")->id, "zoe", "never", noon);
      throw std::logic_error("undone");
    }),
                 std::logic_error);
  }

  EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end(), std::less_equal<>{})) << "and none is used twice";
}

INSTANTIATE_TEST_SUITE_P(Stores, BackupContract, testing::Values(sqlite_kind, mariadb_kind),
                         [](const auto& info) { return info.param.name; });

} // namespace
} // namespace salond::persistence
