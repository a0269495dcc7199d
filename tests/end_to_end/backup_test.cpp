// salonctl backup of a server that works, and salond --restore into a database of either kind.
#include "tests/end_to_end/databases.hpp"
#include "tests/end_to_end/load.hpp"
#include "tests/end_to_end/salonctl.hpp"
#include <fstream>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <thread>

namespace salond::end_to_end {
namespace {

using testing::HasSubstr;

class Backup : public testing::TestWithParam<database_kind> {
protected:
  void SetUp() override { SALOND_NEEDS(GetParam()); }

  /// A restore into the database of `into`; its exit status.
  static std::optional<int> restore(support::daemon& into, const std::string& file) {
    into.launch({"--restore=" + file});
    return into.running().wait();
  }
};

/// Where it is from and where it goes: never is one kind enough.
std::vector<std::pair<database_kind, database_kind>> ways_of(const database_kind& kind) {
  const auto sqlite = kinds().front();
  if (kind.name == sqlite.name)
    return {{sqlite, sqlite}};
  return {{kind, sqlite}, {sqlite, kind}};
}

TEST_P(Backup, TakenUnderLoadHoldsAllThatWasToldBefore) {
  for (const auto& [from, to] : ways_of(GetParam())) {
    SCOPED_TRACE(from.name + " to " + to.name);
    const auto first_db = from.make();
    support::daemon first(first_db->options());
    first.start();
    load::prepare(first.endpoint());
    load before(first.endpoint(), "before");
    before.start();
    ASSERT_TRUE(support::eventually([&] { return before.shown() > 500; }));
    before.finish();
    load during(first.endpoint(), "during");
    during.start();
    ASSERT_TRUE(support::eventually([&] { return during.shown() > 200; }));

    const auto made = answer_of(first, {"backup", "monday"});

    during.finish();
    const std::string file = made.value("file", "");
    EXPECT_EQ(file, first.state() + "/backups/monday");
    EXPECT_EQ(std::filesystem::file_size(file), made["bytes"]);
    EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms{0600});
    EXPECT_EQ(answer_of(first, {"log"}).back()["what"], "backup");
    const auto ask_first = [&](const std::string& sql) { return first_db->ask(first, sql); };
    const auto all_before = stored(ask_first, "before"), all_during = stored(ask_first, "during");
    EXPECT_EQ(first.stop(), 0);

    const auto second_db = to.make();
    support::daemon second(second_db->options());
    ASSERT_EQ(restore(second, file), 0) << second.log();
    second.start();
    const auto ask_second = [&](const std::string& sql) { return second_db->ask(second, sql); };
    EXPECT_EQ(stored(ask_second, "before"), all_before);
    const auto part = stored(ask_second, "during");
    EXPECT_FALSE(part.empty());
    EXPECT_EQ(not_the_beginning(part, all_during), "");
    load after(second.endpoint(), "after"); // everybody can log in and go on
    after.start();
    ASSERT_TRUE(support::eventually([&] { return after.shown() > 50; }));
    after.finish();
    for (const auto& each : after.witnesses())
      EXPECT_EQ(each.problem, "");

    ASSERT_NE(restore(second, file), 0);
  }
}

TEST_P(Backup, IsWholeOrNotThereAfterAStop) {
  const auto db = GetParam().make();
  support::daemon server(db->options());
  server.start();
  std::string accounts = "username,hash\n";
  for (int i = 0; i < 20000; ++i) // it takes long enough to be stopped in
    accounts += "user " + std::to_string(i) + ",2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b\n";
  ASSERT_EQ(run_salonctl(server, {"users", "import", "-"}, accounts).status, 0);

  ran made;
  std::thread asking([&] { made = run_salonctl(server, {"backup", "late"}); });
  const auto folder = server.state() + "/backups";
  EXPECT_TRUE(support::eventually([&] { return std::filesystem::exists(folder + "/.late.new"); }));
  EXPECT_EQ(server.stop(), 0);
  asking.join();

  EXPECT_FALSE(std::filesystem::exists(folder + "/.late.new"));
  EXPECT_EQ(std::filesystem::exists(folder + "/late"), made.status == 0) << made.errors;
}

TEST_P(Backup, IsRefusedWithABadOrATakenName) {
  const auto db = GetParam().make();
  support::daemon server(db->options());
  server.start();

  for (const auto* bad : {"../x", "a/b", ".x", "", "é"})
    EXPECT_EQ(run_salonctl(server, {"backup", bad}).status, 2) << bad;
  EXPECT_EQ(run_salonctl(server, {"backup", "one"}).status, 0);
  const auto again = run_salonctl(server, {"backup", "one"});
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.errors, HasSubstr("there already"));
  EXPECT_EQ(answer_of(server, {"log"}).back()["result"], "storage");
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(server.state() + "/backups"))
    names.push_back(entry.path().filename());
  EXPECT_EQ(names, std::vector<std::string>{"one"});
}

TEST_P(Backup, ThatIsDamagedIsRefusedBeforeAnythingIsWritten) {
  const auto db = GetParam().make();
  support::daemon server(db->options());
  server.start();
  { auto zoe = support::newcomer(server.endpoint(), "zoë"); }
  const std::string file = answer_of(server, {"backup", "one"}).value("file", "");
  const auto whole = support::read_file(file);
  ASSERT_EQ(server.stop(), 0);
  const auto other_db = GetParam().make();
  support::daemon other(other_db->options());
  const auto refused = [&](const std::string& text, const std::string& why) {
    const std::string damaged = other.folder() / "damaged";
    std::ofstream(damaged, std::ios::binary) << text;
    EXPECT_EQ(restore(other, damaged), 1);
    EXPECT_THAT(other.log(), AllOf(HasSubstr("cannot restore " + damaged), HasSubstr(why)));
  };
  auto altered = whole;
  altered[altered.find("zoë")] = 'b';

  refused(whole.substr(0, whole.size() / 2), "cut off");
  refused(altered, "not as it was written");
  refused("", "cut off");
  refused("SQLite format 3", "no backup of salond");
  EXPECT_EQ(restore(other, other.folder() / "none"), 1);
  EXPECT_THAT(other.log(), HasSubstr("No such file"));
  EXPECT_FALSE(std::filesystem::exists(other.sqlite_path()));

  ASSERT_EQ(restore(other, file), 0);
  other.start();
  support::line_client zoe(other.endpoint());
  EXPECT_TRUE(zoe.log_in("zoë"));
  ASSERT_EQ(other.stop(), 0);
  const auto before = other_db->ask(other, "SELECT username FROM clients ORDER BY client_id");
  EXPECT_EQ(restore(other, file), 1);
  EXPECT_THAT(other.log(), HasSubstr("not empty"));
  EXPECT_EQ(other_db->ask(other, "SELECT username FROM clients ORDER BY client_id"), before);
}

INSTANTIATE_TEST_SUITE_P(Databases, Backup, testing::ValuesIn(kinds()), name_of);

} // namespace
} // namespace salond::end_to_end
