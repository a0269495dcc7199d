// The take-over of databases of the replaced server, and the steps of a schema, cut off before each change and run
// again.
#include "tests/contract/takeover_fixture.hpp"
#include <iostream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace salond {

using testing::ElementsAre;
using testing::HasSubstr;

// The session of a take-over that was killed goes on with its ALTER, in the middle of which a table may not be there.
TEST_F(Takeover, WaitsForWhomeverIsAtWorkBeforeItJudges) {
  const auto where = dirty();
  std::thread begun_again;
  std::string came_of_it;
  {
    persistence::mysql::connection other(where, {});
    const persistence::mysql::migration_lock lock(other);
    other.execute("ALTER TABLE messages RENAME TO messages_in_work");
    begun_again = std::thread([&] { came_of_it = refusal(where); });
    EXPECT_TRUE(support::eventually([&] {
      return number(server->as_root(), "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE DB = '" + where.name
                                           + "' AND INFO LIKE '%GET_LOCK(CONCAT(%' AND ID <> CONNECTION_ID()")
             == 1;
    }));
    other.execute("ALTER TABLE messages_in_work RENAME TO messages");
  }
  begun_again.join();

  EXPECT_EQ(came_of_it, "taken over");
}

// What repeats the statement before it is one of many rows of one transaction: to be cut off there is no news.
bool changes_something(const std::string& statement) {
  static std::string before;
  const bool again = statement == before;
  before = statement;
  if (again)
    return false;
  for (const auto* harmless : {"SELECT", "SHOW", "SET ", "DO "})
    if (statement.rfind(harmless, 0) == 0)
      return false;
  return true;
}

/// How many statements of an undisturbed start change something.
int count_changes(const std::function<void(const persistence::mysql::tuning&)>& start) {
  int count = 0;
  persistence::mysql::tuning tuning;
  tuning.before_statement = [&](const std::string& statement) { count += changes_something(statement); };
  start(tuning);
  return count;
}

/// Starts in a process that ends without a word before its `number`-th change.
void start_and_die(const std::function<void(const persistence::mysql::tuning&)>& start, int number) {
  const auto child = fork();
  if (child == 0) {
    persistence::mysql::tuning tuning;
    tuning.before_statement = [&number](const std::string& statement) {
      if (changes_something(statement) && number-- == 0)
        _exit(7);
    };
    start(tuning);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 7) << status;
}

TEST_F(Takeover, CanBeCutOffBeforeEachChangeAndRunAgain) {
  const auto undisturbed = dirty();
  const int changes = count_changes([&](const auto& tuning) { open(undisturbed, tuning); });
  const auto expected = support::lasting_content(undisturbed);
  ASSERT_GT(changes, 40);

  for (int number = 0; number < changes; ++number) {
    const auto where = dirty();
    start_and_die([&](const auto& tuning) { open(where, tuning); }, number);
    open(where);
    ASSERT_EQ(support::lasting_content(where), expected) << "cut off before change " << number;
    support::execute_mysql(where, "DROP DATABASE `" + where.name + "`");
  }
  std::cout << changes << " interruptions\n";
}

TEST_F(Takeover, AFirstStartCanBeCutOffBeforeEachChangeAndRunAgain) {
  const auto undisturbed = server->new_database();
  const int changes = count_changes([&](const auto& tuning) { open(undisturbed, tuning); });
  const auto expected = support::lasting_content(undisturbed);

  for (int number = 0; number < changes; ++number) {
    const auto where = server->new_database();
    start_and_die([&](const auto& tuning) { open(where, tuning); }, number);
    open(where);
    ASSERT_EQ(support::lasting_content(where), expected) << "cut off before change " << number;
    support::execute_mysql(where, "DROP DATABASE `" + where.name + "`");
  }
}

TEST_F(Takeover, AMigrationCanBeCutOffBeforeEachChangeAndRunAgain) {
  const auto of_the_first_schema = [this] {
    const auto where = server->new_database();
    open(where);
    for (const auto* statement :
         {"DROP TABLE search_grams",
          "DROP TABLE search_parts",
          "CREATE TABLE search_parts (salon_id INT NOT NULL, part BIGINT NOT NULL, ends BIGINT NOT NULL,"
          " messages BIGINT NOT NULL, state TINYINT NOT NULL, builder BIGINT NOT NULL, PRIMARY KEY (salon_id, part),"
          " KEY ix_search_parts_state (state))",
          "CREATE TABLE search_grams (salon_id INT NOT NULL, part BIGINT NOT NULL, gram BIGINT NOT NULL,"
          " seqs MEDIUMBLOB NOT NULL, PRIMARY KEY (salon_id, part, gram))",
          "INSERT INTO search_parts VALUES (1, 0, 10, 5, 0, 1)",
          "DROP TABLE message_ages",
          "DROP TABLE message_looks",
          "DROP TABLE departures",
          "ALTER TABLE clients DROP COLUMN gone_ms",
          "ALTER TABLE salons DROP COLUMN retention_days",
          "ALTER TABLE audit DROP COLUMN node",
          "DROP TABLE certificates",
          "DROP TABLE address_bans",
          "DROP TABLE nodes",
          "DROP TABLE homes",
          "DROP TABLE presences",
          "DROP TABLE news",
          "DROP TABLE counters",
          "ALTER TABLE messages DROP COLUMN post",
          "DROP TABLE invitation_salons",
          "DROP TABLE invitations",
          "ALTER TABLE clients DROP COLUMN disabled_ms",
          "ALTER TABLE bans DROP COLUMN by_whom",
          "DROP TABLE moderators",
          "DROP TABLE registrations",
          "DROP TABLE notices",
          "DROP TABLE known_addresses",
          "ALTER TABLE clients DROP COLUMN last_seen_ms",
          "ALTER TABLE salons DROP COLUMN topic",
          "ALTER TABLE salons DROP COLUMN archived_ms",
          "ALTER TABLE private_messages ADD KEY ix_pm_to (to_client_id, delivered_ms, pm_id), DROP KEY ix_pm_mailbox,"
          " DROP COLUMN bytes",
          "ALTER TABLE salons_adheres DROP COLUMN by_moderator",
          "ALTER TABLE clients DROP COLUMN look_folded, DROP COLUMN look_spelled, DROP KEY ix_clients_role",
          "ALTER TABLE bans DROP KEY ix_bans_until, DROP COLUMN look_folded, DROP COLUMN look_spelled",
          "DELETE FROM schema_version WHERE version > 1"})
      support::execute_mysql(where, statement);
    return where;
  };
  const auto undisturbed = of_the_first_schema();
  EXPECT_THAT(persistence::dry_run_mysql(undisturbed, {}),
              ElementsAre(HasSubstr("schema 2"), HasSubstr("schema 3"), HasSubstr("schema 4"), HasSubstr("schema 5"),
                          HasSubstr("schema 6"), HasSubstr("schema 7"), HasSubstr("schema 8"), HasSubstr("schema 9"),
                          HasSubstr("schema 10"), HasSubstr("schema 11"), HasSubstr("schema 12"),
                          HasSubstr("schema 13"), HasSubstr("schema 14"), HasSubstr("schema 15"),
                          HasSubstr("schema 16"), HasSubstr("schema 17")));
  const int changes = count_changes([&](const auto& tuning) { open(undisturbed, tuning); });
  const auto expected = support::lasting_content(undisturbed);
  ASSERT_GT(changes, 6);

  for (int number = 0; number < changes; ++number) {
    const auto where = of_the_first_schema();
    start_and_die([&](const auto& tuning) { open(where, tuning); }, number);
    open(where);
    ASSERT_EQ(support::lasting_content(where), expected) << "cut off before change " << number;
    support::execute_mysql(where, "DROP DATABASE `" + where.name + "`");
  }
}

} // namespace salond
