// What nodes learn of one another by their database: who is connected, what was decided, whose mail waits, who wrote
// what.
#include "persistence/contracts/certificates.hpp"
#include "persistence/contracts/private_messages.hpp"
#include "tests/support/lossy_proxy.hpp"
#include "tests/support/nodes_fixture.hpp"

namespace salond {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;
using fencing = persistence::node_failovers::fencing;

constexpr salon_id general{1};

class NodeNews : public support::nodes_fixture {
protected:
  /// As clients shows it.
  static bool is_connected(support::test_node& at, const std::string& name) {
    return support::asked(*at.db).accounts.profile(name)->connected;
  }
};

// --- who is connected ---

TEST_F(NodeNews, AUserIsConnectedAsLongAsHeIsWithAnyOfThem) {
  auto paris = node("paris"), lyon = node("lyon");
  const auto zoe = paris.add_user("zoë").id;
  const auto leave = [&](support::test_node& at) {
    at.db->transact(
        [&](const auto& db) { db.sessions.close({zoe}, persistence::offline_requests::end, support::noon); });
  };
  for (auto* at : {&paris, &lyon})
    ASSERT_TRUE(at->write([&](const auto& db) { return decisions::open_session(db, zoe, support::noon); }));
  paris.write([&](const auto& db) { return decisions::add_request(db, salon_id{5}, zoe, support::noon); });

  leave(paris);
  EXPECT_TRUE(is_connected(paris, "zoë"));
  EXPECT_EQ(support::asked(*paris.db).join_requests.all().size(), 1u);
  leave(lyon);
  EXPECT_FALSE(is_connected(paris, "zoë"));
  EXPECT_THAT(support::asked(*paris.db).join_requests.all(), IsEmpty());
}

TEST_F(NodeNews, WhoWasConnectedWithARunThatIsGoneIsNot) {
  auto paris = node("paris"), lyon = node("lyon");
  const auto zoe = paris.add_user("zoë").id, paul = paris.add_user("paul").id;
  for (const auto who : {zoe, paul})
    paris.write([&](const auto& db) { return decisions::open_session(db, who, support::noon); });
  lyon.write([&](const auto& db) { return decisions::open_session(db, paul, support::noon); });
  for (const auto who : {zoe, paul})
    paris.write([&](const auto& db) { return decisions::add_request(db, salon_id{5}, who, support::noon); });

  EXPECT_EQ(lyon.in.failovers->end_presences(), 0);
  ASSERT_EQ(lyon.in.failovers->fence(paris.in.run, 0, true), fencing::fenced);
  EXPECT_EQ(lyon.in.failovers->end_presences(), 2);

  EXPECT_FALSE(is_connected(lyon, "zoë"));
  EXPECT_TRUE(is_connected(lyon, "paul"));
  EXPECT_EQ(support::asked(*lyon.db).join_requests.all().size(), 1u);
}

TEST_F(NodeNews, WhoLeftARunThatCouldNotShowItIsNotShownAsConnected) {
  auto paris = node("paris"), lyon = node("lyon");
  const auto zoe = paris.add_user("zoë").id;
  server().run(where.name, {"UPDATE clients SET status = 'connected' WHERE username = 'zoë'"});
  ASSERT_EQ(lyon.in.failovers->fence(paris.in.run, 0, true), fencing::fenced);

  EXPECT_EQ(lyon.in.failovers->end_presences(), 0);

  EXPECT_FALSE(is_connected(lyon, "zoë"));
  lyon.write([&](const auto& db) { return decisions::open_session(db, zoe, support::noon); });
  EXPECT_EQ(lyon.in.failovers->end_presences(), 0);
  EXPECT_TRUE(is_connected(lyon, "zoë"));
}

TEST_F(NodeNews, AStartTakesNobodysSessionOnAnotherNode) {
  auto paris = node("paris");
  const auto zoe = paris.add_user("zoë").id, paul = paris.add_user("paul").id;
  server().run(where.name, {"UPDATE clients SET status = 'connected' WHERE username = 'paul'"}); // of long ago
  paris.write([&](const auto& db) { return decisions::open_session(db, zoe, support::noon); });
  for (const auto who : {zoe, paul})
    paris.write([&](const auto& db) { return decisions::add_request(db, salon_id{5}, who, support::noon); });

  auto lyon = node("lyon");
  lyon.db->transact([&](const auto& db) { db.sessions.reset_presence(persistence::offline_requests::end); });

  EXPECT_TRUE(is_connected(lyon, "zoë"));
  EXPECT_FALSE(is_connected(lyon, "paul"));
  EXPECT_EQ(support::asked(*lyon.db).join_requests.all().size(), 1u);
}

// --- news ---

TEST_F(NodeNews, LearnOfOneAnothersDecisionsInTheOrderOfCommits) {
  auto paris = node("paris"), lyon = node("lyon");
  const auto zoe = paris.add_user("zoë").id;
  const auto start = lyon.in.last_news;
  EXPECT_THAT(lyon.in.beats->beat({0, 0, 0, {}, start}).news, IsEmpty()) << "a new account is no news";

  // The one that begins first commits last.
  paris.held->hold([](const std::string& statement) { return statement.find("FROM counters") != std::string::npos; });
  std::thread slow([&] {
    paris.db->transact([&](const auto& db) { decisions::set_topic(db, general, "un", support::decided()); });
  });
  ASSERT_TRUE(paris.held->wait([] { return false; }));
  lyon.write([&](const auto& db) { return decisions::kick(db, "zoë", support::after_noon(5min), support::decided()); });
  const auto early = lyon.in.beats->beat({0, 0, 0, {}, start}).news;
  paris.held->let_go();
  slow.join();
  const auto late = lyon.in.beats->beat({0, 0, 0, {}, early.back().number}).news;

  ASSERT_EQ(early.size(), 1u);
  EXPECT_EQ(early[0].run, lyon.in.run);
  EXPECT_EQ(early[0].told, (persistence::fact{persistence::fact::kind::out, zoe, {}, "zoë"}));
  ASSERT_EQ(late.size(), 1u);
  EXPECT_EQ(late[0].run, paris.in.run);
  EXPECT_EQ(late[0].told, (persistence::fact{persistence::fact::kind::salon, {}, general, {}}));
}

TEST_F(NodeNews, AreToldOfNewsWhoseCommitWasInDoubt) {
  const auto paris = join(entry("paris"));
  support::lossy_proxy proxy(server().socket());
  auto through = where;
  through.socket = proxy.socket();
  auto changed = options();
  changed.run = paris.run;
  int told = 0;
  changed.wrote_news = [&told] { ++told; };
  const auto db = persistence::open_mysql(through, changed);

  proxy.lose(support::lossy_proxy::loss::answer, "COMMIT");
  db->transact([](const auto& in) { in.certificates.merge("us", {{"0A", "administrator/zoe", 1, 9000, 0}}, 0); });

  EXPECT_EQ(proxy.losses(), 1);
  EXPECT_EQ(told, 1);
  db->transact([](const auto&) {});
  EXPECT_EQ(told, 1) << "nothing is new";
}

TEST_F(NodeNews, TellOneAnotherWhatIsNoRowOfAnAccount) {
  using kind = persistence::fact::kind;
  auto paris = node("paris");
  const auto zoe = paris.add_user("zoë").id;
  const auto lyon = join(entry("lyon"));
  paris.write([&](const auto& db) { return decisions::add_request(db, salon_id{5}, zoe, support::noon); });

  paris.write([&](const auto& db) { return decisions::reject_request(db, salon_id{5}, zoe, support::decided()); });
  paris.db->transact([&](const auto& db) { db.sessions.end_elsewhere(zoe, {}); });
  paris.db->transact([&](const auto& db) { db.sessions.end_elsewhere(zoe, connection_id{77}); });
  paris.db->transact([&](const auto& db) { db.private_messages.tell_elsewhere(zoe); });
  paris.db->transact([&](const auto& db) { db.sessions.stop_elsewhere(30); });

  std::vector<persistence::fact> facts;
  for (const auto& news : lyon.beats->beat({0, 0, 0, {}, lyon.last_news}).news)
    facts.push_back(news.told);
  EXPECT_THAT(
      facts, ElementsAre(persistence::fact{kind::request, zoe, salon_id{5}, {}},
                         persistence::fact{kind::session, zoe, {}, {}}, persistence::fact{kind::session, zoe, {}, "77"},
                         persistence::fact{kind::mail, zoe, {}, {}}, persistence::fact{kind::stop, {}, {}, "30"}));
}

TEST_F(NodeNews, AnswerWhereTargetAndAuthorOfAPrivateMessageAre) {
  auto paris = node("paris"), lyon = node("lyon");
  const auto zoe = paris.add_user("zoë").id, paul = paris.add_user("paul").id;
  for (auto* at : {&paris, &lyon})
    at->write([&](const auto& db) { return decisions::open_session(db, zoe, support::noon); });
  lyon.write([&](const auto& db) { return decisions::open_session(db, paul, support::noon); });

  const auto stored =
      paris.write([&](const auto& db) { return decisions::store_private(db, zoe, "paul", "x", support::noon); });
  EXPECT_THAT(stored->runs, ElementsAre(lyon.in.run));
  EXPECT_THAT(stored->author_runs, ElementsAre(paris.in.run, lyon.in.run));
  const auto to_oneself =
      paris.write([&](const auto& db) { return decisions::store_private(db, zoe, "zoë", "x", support::noon); });
  EXPECT_THAT(to_oneself->runs, ElementsAre(paris.in.run, lyon.in.run));
  EXPECT_THAT(to_oneself->author_runs, IsEmpty());
}

TEST_F(NodeNews, SayAtALoginWhetherAnotherMayHaveToldWhatWaits) {
  auto paris = node("paris"), lyon = node("lyon");
  const auto zoe = paris.add_user("zoë").id;
  const auto may_be_told = [zoe](support::test_node& at) {
    return at.write([zoe](const auto& db) {
      decisions::open_session(db, zoe, support::noon);
      return db.private_messages.may_be_told_elsewhere(zoe);
    });
  };
  const auto newest = [](support::test_node& at) {
    return at.write([](const auto& db) { return db.private_messages.newest(); });
  };
  EXPECT_EQ(newest(paris), private_id{0});
  EXPECT_FALSE(may_be_told(paris));
  EXPECT_FALSE(may_be_told(paris)) << "it is this one";

  const auto told =
      lyon.write([&](const auto& db) { return decisions::store_private(db, zoe, "zoë", "un", support::noon); });

  EXPECT_TRUE(may_be_told(lyon));
  EXPECT_EQ(newest(lyon), told->id);
}

TEST_F(NodeNews, SayInTheAuditLogWhichOfThemWrote) {
  auto paris = node("paris"), lyon = node("lyon");
  for (auto* each : {&paris, &lyon})
    each->db->transact([](const auto& db) { db.audit.note(support::decided(), {"kick"}, "zoe", "done"); });

  std::vector<std::string> wrote;
  for (const auto& line : support::asked(*paris.db).audit.tail(10))
    wrote.push_back(line.node);
  EXPECT_THAT(wrote, ElementsAre("paris", "lyon"));
}

TEST_F(NodeNews, ForgetTheNewsThatAllHaveRead) {
  auto paris = node("paris");
  const auto lyon = join(entry("lyon"));
  for (int n = 0; n < 3; ++n)
    paris.db->transact(
        [&](const auto& db) { decisions::set_topic(db, general, std::to_string(n), support::decided()); });
  const auto all = lyon.beats->beat({0, 0, 0, {}, lyon.last_news}).news;
  ASSERT_EQ(all.size(), 3u);

  paris.in.beats->beat({0, 0, 0, {}, all.at(2).number});
  for (int n = 0; n < 64; ++n)
    lyon.beats->beat({0, 0, 0, {}, all.at(1).number});

  EXPECT_EQ(value("SELECT COUNT(*) FROM news"), "1");
}

} // namespace
} // namespace salond
