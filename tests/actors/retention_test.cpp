// Messages that are too old, in a whole node: they go piece by piece, others have their turn in between, and whoever
// says something else is obeyed at once.
#include "actors/interfaces/retention.hpp"
#include "tests/support/operators_node.hpp"

namespace salond {
namespace {

using support::eventually;
using testing::HasSubstr;
using kind = persistence::store_error::kind;

class Retention : public OperatorsNode {
protected:
  Retention() {
    zoe_id = add_user("zoë");
    paul_id = add_user("paul");
  }
  /// Messages of 1970 in Général, with those numbers.
  void add_old(int first, int last) {
    look_up("WITH RECURSIVE n(i) AS (SELECT " + std::to_string(first) + " UNION ALL SELECT i + 1 FROM n WHERE i < "
            + std::to_string(last) + ") INSERT INTO messages(client_id, salon_id, seq, contenu, created_ms) SELECT "
            + std::to_string(zoe_id.value) + ", 1, i, 'vieux', 1000 + i FROM n");
  }
  int old_ones() { return std::stoi(look_up("SELECT count(*) FROM messages WHERE contenu = 'vieux'")); }
  /// Has the node look for old messages, without waiting until it does by itself.
  void look() { caf::anon_send(caf::actor_cast<retention_actor>(actors_now().retention), look_for_old{}); }
  bool runs() { return actors.board->now().runs; }
  uint64_t removed() { return actors.board->now().removed; }

  user_id zoe_id, paul_id;
};

TEST_F(Retention, PostsAreStoredBetweenPieces) {
  constexpr int count = 30000;
  add_old(1, count);
  settings.retention.salons_days = 30;
  start();
  auto zoe = log_in("zoë");
  look();
  ASSERT_TRUE(eventually([&] { return removed() > 0; }));

  zoe.say("MSG (Général):entre deux");
  EXPECT_EQ(zoe.line(), "zoë dans le salon Général: entre deux");
  EXPECT_LT(removed(), static_cast<uint64_t>(count)) << "others are yet to go";

  ASSERT_TRUE(eventually([&] { return !runs(); }, std::chrono::seconds{60}));
  EXPECT_EQ(old_ones(), 0);
  EXPECT_TRUE(stored("entre deux"));
  const auto lines = log_of("retention");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["by"], "server");
  EXPECT_EQ(lines[0]["to"], "Général");
  EXPECT_EQ(lines[0]["reason"], std::to_string(count) + " messages");
  EXPECT_EQ(look_up("SELECT seq FROM messages WHERE contenu = 'entre deux'"), std::to_string(count + 1));
}

TEST_F(Retention, NothingGoesAnyMoreOnceASalonIsToBeKept) {
  add_old(1, 30000);
  start();
  ASSERT_EQ(verdict_of({"salon", "retention", "Général", "30"}), admin_verdict::done);
  look();
  ASSERT_TRUE(eventually([&] { return removed() > 0; }));

  const auto [verdict, text] = command({"salon", "retention", "Général", "none"});
  ASSERT_EQ(verdict, admin_verdict::done) << text;
  const auto left = old_ones();

  ASSERT_TRUE(eventually([&] { return !runs(); }));
  EXPECT_GT(left, 0);
  EXPECT_EQ(old_ones(), left) << "the answer holds";
  EXPECT_THAT(text, HasSubstr("messages of Général are kept for good"));
}

TEST_F(Retention, NothingGoesAnyMoreOnceTheConfigurationKeepsThem) {
  add_old(1, 30000);
  settings.retention.salons_days = 30;
  start();
  look();
  ASSERT_TRUE(eventually([&] { return removed() > 0; }));

  settings.retention.salons_days = 0;
  take_up(settings, nullptr);
  ASSERT_TRUE(eventually([&] { return actors.board->now().settings.salons_days == 0; }));

  ASSERT_TRUE(eventually([&] { return !runs(); }));
  EXPECT_GT(old_ones(), 0);
}

TEST_F(Retention, RestsAfterAPieceThatWasRefusedAndGoesOnAtAnOperatorsWord) {
  add_old(1, 100);
  settings.retention.salons_days = 30;
  start();
  guard->fail_writes(kind::unavailable, 1);
  look();
  ASSERT_TRUE(eventually([&] { return guard->failures_left() == 0 && !runs(); }));
  EXPECT_EQ(old_ones(), 100);
  look();
  ASSERT_EQ(verdict_of({"salon", "show", "Général"}), admin_verdict::done); // it had its turn
  EXPECT_FALSE(runs());
  EXPECT_EQ(old_ones(), 100);

  take_up(settings, nullptr);
  ASSERT_TRUE(eventually([&] { return actors.board->now().changes == 1; }));
  look();

  EXPECT_TRUE(eventually([&] { return old_ones() == 0; }));
}

TEST_F(Retention, RestsOutsideOfItsHours) {
  add_old(1, 100);
  const auto now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  const auto hour = static_cast<uint32_t>(local.tm_hour);
  settings.retention.salons_days = 30;
  settings.retention.hours = config::day_hours{(hour + 10) % 24 * 60, (hour + 14) % 24 * 60};
  start();
  look();
  ASSERT_EQ(verdict_of({"salon", "show", "Général"}), admin_verdict::done); // it had its turn
  EXPECT_FALSE(runs());

  settings.retention.hours = config::day_hours{(hour + 22) % 24 * 60, (hour + 3) % 24 * 60};
  take_up(settings, nullptr);
  ASSERT_TRUE(eventually([&] { return actors.board->now().changes == 1; }));
  look();

  EXPECT_TRUE(eventually([&] { return old_ones() == 0; }));
}

TEST_F(Retention, IsStartedAgainAndGoesOn) {
  add_old(1, 100);
  settings.retention.salons_days = 30;
  start();

  kill(actors.retention);

  ASSERT_TRUE(eventually([&] { return actors_now().retention != actors.retention; }));
  look();
  EXPECT_TRUE(eventually([&] { return old_ones() == 0; }));
  EXPECT_EQ(stop_node(), 0);
}

TEST_F(Retention, ADryRunCountsAndChangesNothing) {
  add_old(1, 5000);
  start();
  log_in("zoë").say("MSG (Général):neuf");

  const auto would = command({"salon", "retention", "Général", "30", "--dry-run"});
  const auto none = command({"salon", "retention", "Général", "none", "--dry-run"});
  const auto as_configured = command({"salon", "retention", "Général", "default", "--dry-run"});

  EXPECT_EQ(json::parse(would.second)["messages_that_would_go"], 5000);
  EXPECT_EQ(json::parse(would.second)["changed"], false);
  EXPECT_EQ(json::parse(none.second)["messages_that_would_go"], 0);
  EXPECT_EQ(json::parse(as_configured.second)["messages_that_would_go"], 0);
  EXPECT_EQ(old_ones(), 5000);
  EXPECT_EQ(log_of("set_retention").size(), 0u);
  EXPECT_EQ(json::parse(command({"salon", "show", "Général"}).second)["retention_from"], "configuration");
  for (const auto* wrong : {"0", "-1", "36501", "99999999", "1.5", "NONE", "30d", ""})
    EXPECT_EQ(verdict_of({"salon", "retention", "Général", wrong}), admin_verdict::wrong_usage) << wrong;
}

} // namespace
} // namespace salond
