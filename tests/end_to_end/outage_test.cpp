// MariaDB dies, comes back, stands still, under load: nothing is lost, nothing stored twice, salond stays.
#include "config/load.hpp"
#include "persistence/mysql/connection.hpp"
#include "tests/end_to_end/databases.hpp"
#include "tests/end_to_end/load.hpp"
#include "tests/end_to_end/salonctl.hpp"
#include "tests/support/line_client.hpp"
#include "tests/support/mariadb.hpp"
#include <filesystem>

namespace salond::end_to_end {
namespace {

using namespace std::chrono_literals;
using support::eventually;
using support::mariadb_server;

class Outage : public testing::Test {
protected:
  void SetUp() override {
    SALOND_NEEDS(kinds().at(1));
    where_ = maria().new_database();
    server_.options.db = config::to_string(where_);
    server_.start();
    load::prepare(server_.endpoint());
    pid_ = server_.pid();
  }
  static mariadb_server& maria() { return mariadb_server::shared(); }

  void start_load(const std::string& mark) {
    mark_ = mark;
    load_ = std::make_unique<load>(server_.endpoint(), mark);
    load_->start();
    expect_more_shown();
  }
  void expect_more_shown() {
    const auto until_now = load_->shown();
    EXPECT_TRUE(eventually([&] { return load_->shown() >= until_now + 50; }, 90s)) << server_.log();
  }
  /// What everybody was shown is what is stored, in that order, once; nothing that was refused is.
  void expect_exactly_once() {
    load_->finish();
    const auto kept = stored([this](const std::string& sql) { return maria().ask(where_.name, sql); }, mark_);
    for (const auto& each : load_->witnesses()) {
      EXPECT_EQ(each.problem, "");
      EXPECT_EQ(not_the_beginning(each.shown, kept), "") << each.name;
      if (each.salon.empty()) {
        EXPECT_EQ(each.shown, kept) << each.name;
      }
      for (const auto& [salon, lines] : kept)
        for (const auto& refused : each.refused)
          EXPECT_EQ(std::count(lines.begin(), lines.end(), refused), 0) << refused;
    }
    EXPECT_EQ(not_the_end(history(server_.endpoint(), mark_), kept), "");
    EXPECT_EQ(server_.pid(), pid_);
    EXPECT_TRUE(server_.running().running());
    std::cout << load_->shown() << " posts shown, " << load_->refused() << " refused" << std::endl;
  }

  config::mysql_database where_;
  support::daemon server_;
  std::unique_ptr<load> load_;
  std::string mark_;
  pid_t pid_ = 0;
};

TEST_F(Outage, OfADatabaseThatIsKilledAndComesBackLosesNothing) {
  start_load("k");
  for (int i = 0; i < 3; ++i) {
    maria().kill_hard();
    maria().start();
    expect_more_shown();
  }
  expect_exactly_once();
  EXPECT_EQ(server_.stop(), 0);
}

TEST_F(Outage, LongerThanFiveSecondsRefusesNewPostsAndStoresNoneOfThem) {
  start_load("l");
  support::line_client patient(server_.endpoint()); // it posts once the outage is long
  ASSERT_TRUE(patient.log_in("écrivain 0"));
  maria().kill_hard();

  support::line_client late(server_.endpoint());
  late.say("lectrice 8:secret");
  EXPECT_EQ(late.hear(), "ERREUR: service momentanément indisponible, réessayez");
  EXPECT_EQ(late.hear(), support::closed);
  support::line_client newcomer(server_.endpoint());
  newcomer.say("INSCRIPTION:tard:tard:secret");
  EXPECT_EQ(newcomer.hear(), "Erreur lors de l'inscription : service momentanément indisponible, réessayez");
  // Not those of the load: the database may have died in a commit of them all, and nobody can say yet what became of
  // it.
  for (int i = 0; i < 4; ++i) {
    patient.say("MSG (Général):trop tard");
    std::string line;
    do
      line = patient.hear();
    while (line.find(" dans le salon ") != std::string::npos); // what was shown before
    EXPECT_TRUE(is_refusal(line)) << line;
  }
  maria().start();
  expect_more_shown();

  expect_exactly_once();
  EXPECT_TRUE(maria().ask(where_.name, "SELECT 1 FROM messages WHERE contenu = 'trop tard'").empty());
  EXPECT_EQ(server_.stop(), 0);
}

TEST_F(Outage, OfADatabaseThatStandsStillLongerThanOneReadMayTake) {
  constexpr auto longer_than_a_read_may_take = 18s; // persistence/mysql/connection.hpp: 15 s
  start_load("f");
  maria().freeze();
  std::this_thread::sleep_for(longer_than_a_read_may_take); // the length of the outage is what is tried
  maria().resume();
  expect_more_shown();

  expect_exactly_once();
  EXPECT_EQ(server_.stop(), 0);
}

TEST_F(Outage, LeavesTheAdministrationWhatNeedsNoDatabase) {
  start_load("a");
  maria().freeze();

  EXPECT_TRUE(eventually([&] { return answer_of(server_, {"status"})["database"]["answers"] == false; }));
  EXPECT_GE(answer_of(server_, {"sessions"}).size(), 1u);
  EXPECT_GE(answer_of(server_, {"cert", "list"}).size(), 1u);
  EXPECT_EQ(run_salonctl(server_, {"kill", "1"}).status, 0);
  maria().resume();

  load_->join();
  EXPECT_EQ(server_.running().wait(), 0) << server_.log();
  const auto kept = stored([this](const std::string& sql) { return maria().ask(where_.name, sql); }, mark_);
  for (const auto& each : load_->witnesses())
    EXPECT_EQ(not_the_beginning(each.shown, kept), "") << each.name;
}

TEST_F(Outage, DoesNotKeepTheServerFromStopping) {
  start_load("s");
  maria().kill_hard();

  server_.running().send(SIGTERM);
  // It depends on where the database died: before a COMMIT all is refused in time, behind it nobody knows.
  if (const auto status = server_.running().wait(); status == 0)
    EXPECT_NE(server_.log().find("everything is committed but who was connected"), std::string::npos) << server_.log();
  else
    EXPECT_EQ(status, 1) << server_.log();

  load_->join();
  maria().start();
  const auto kept = stored([this](const std::string& sql) { return maria().ask(where_.name, sql); }, mark_);
  for (const auto& each : load_->witnesses())
    EXPECT_EQ(not_the_beginning(each.shown, kept), "") << each.name;
}

// The reads of a start were a transaction without an end: an ALTER waited for the server, and all reads behind it.
TEST_F(Outage, NobodyWaitsForAServerThatDoesNothing) {
  ASSERT_EQ(server_.stop(), 0);
  server_.start();

  EXPECT_NO_THROW(maria().run(where_.name, {"SET lock_wait_timeout = 2", "ALTER TABLE clients COMMENT = 'x'",
                                            "ALTER TABLE salons COMMENT = 'x'", "ALTER TABLE bans COMMENT = 'x'"}));
  EXPECT_EQ(maria().ask("information_schema", "SELECT COUNT(*) FROM INNODB_TRX").at(0).at(0), "0");
}

TEST_F(Outage, AStartBesideALockedTableIsTriedAgain) {
  ASSERT_EQ(server_.stop(), 0);
  persistence::mysql::connection other(where_, {});
  other.execute("LOCK TABLES clients WRITE");

  server_.launch();
  EXPECT_TRUE(server_.logs("trying again", 60s));
  EXPECT_TRUE(server_.logs(where_.name)) << "which database";
  EXPECT_TRUE(server_.logs("another session holds a lock"));
  other.execute("UNLOCK TABLES");

  EXPECT_TRUE(server_.ready()) << server_.log();
}

// systemd started it again: only who was connected was not written, which a start sets right.
TEST_F(Outage, KeepsNoStopFromItsOrderWhereNothingIsLost) {
  server_.stop();
  server_.options.settings = {{"stop", {{"seconds", 3}}}};
  server_.start();
  auto zoe = support::newcomer(server_.endpoint(), "zoë");
  maria().freeze();

  EXPECT_EQ(run_salonctl(server_, {"kill", "0"}).status, 0);
  EXPECT_EQ(server_.running().wait(60s), 0) << server_.log();
  maria().resume();
}

// It deleted old backups, said that nothing was done, and told the audit log nothing.
TEST_F(Outage, OfABackupsAuditLineDeletesNoBackup) {
  for (const auto* name : {"k1", "k2"})
    answer_of(server_, {"backup", name});
  const auto root = maria().as_root();
  support::execute_mysql(root, "SET GLOBAL read_only = 1");

  const auto third = run_salonctl(server_, {"backup", "k3", "--keep=1"});

  EXPECT_EQ(third.status, 1);
  EXPECT_THAT(third.errors, testing::HasSubstr("is written and whole, and no other was deleted"));
  for (const auto* name : {"k1", "k2", "k3"})
    EXPECT_TRUE(std::filesystem::exists(server_.state() + "/backups/" + name)) << name;
  EXPECT_EQ(run_salonctl(server_, {"check"}).status, 2) << "it takes no write";
  support::execute_mysql(root, "SET GLOBAL read_only = 0");
  EXPECT_TRUE(eventually([&] { return answer_of(server_, {"log", "--command=backup"}).size() == 3; }, 60s));
  EXPECT_EQ(answer_of(server_, {"backup", "k4", "--keep=1"})["deleted"].size(), 3u);
}

} // namespace
} // namespace salond::end_to_end
