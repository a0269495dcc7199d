// The table of nodes: who joins, beats, is gone; the fence; who may write beside whom.
#include "persistence/mysql/cluster/locks.hpp"
#include "tests/support/nodes_fixture.hpp"
#include "tests/support/store_errors.hpp"
#include <set>

namespace salond {

using persistence::lone_writer;
using persistence::node_failovers;
using persistence::store_error;
using support::beating;
using support::eventually;
using support::kind_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

using fencing = node_failovers::fencing;

namespace {

constexpr salon_id general{1};

} // namespace

class Nodes : public support::nodes_fixture {
protected:
  static bool post(support::test_node& at, user_id author, int64_t seq) {
    return bool(at.write([&](const auto& db) {
      return db.messages.append({general, author, seq, "text " + std::to_string(seq), support::noon, seq});
    }));
  }
  std::vector<std::string> names_of_living(persistence::node_beats& by) {
    std::vector<std::string> result;
    for (const auto& row : by.beat({}).rows)
      if (!row.gone)
        result.push_back(row.name);
    return result;
  }
};

// --- an upgrade, one node after the other ---

// Steps of the schema only add, from the eleventh on. Whoever writes one undoes it here.
TEST_F(Nodes, GoOnWhileOneOfTheNextVersionChangesTheTables) {
  auto paris = node("paris");
  const auto zoe = paris.add_user("zoë").id;
  server().run(where.name,
               {"DROP TABLE search_parts", "DROP TABLE search_grams", "DROP TABLE message_ages",
                "DROP TABLE message_looks", "DROP TABLE departures", "ALTER TABLE clients DROP COLUMN gone_ms",
                "ALTER TABLE salons DROP COLUMN retention_days", "DROP TABLE certificates", "DROP TABLE address_bans",
                "ALTER TABLE audit DROP COLUMN node", "DELETE FROM counters WHERE name = 'certificates'",
                "DELETE FROM schema_version WHERE version > 10"});
  const std::string columns = "SELECT table_name, column_name, column_type, is_nullable, column_default, column_key "
                              "FROM information_schema.columns WHERE table_schema = DATABASE() "
                              "AND table_name NOT IN ('certificates', 'address_bans', 'message_ages', 'message_looks', "
                              "'departures', 'search_parts', 'search_grams') "
                              "AND NOT (table_name = 'salons' AND column_name = 'retention_days') "
                              "AND NOT (table_name = 'clients' AND column_name = 'gone_ms') "
                              "AND NOT (table_name = 'audit' AND column_name = 'node') ORDER BY 1, 2";
  const auto before = ask(columns);
  const beating lives(*paris.in.beats);

  auto lyon = node("lyon");

  EXPECT_EQ(ask(columns), before);
  EXPECT_EQ(value("SELECT MAX(version) FROM schema_version"), "17");
  EXPECT_TRUE(post(paris, zoe, 1));
  EXPECT_TRUE(post(lyon, zoe, 2));
}

// --- rows ---

TEST_F(Nodes, SayOfThemselvesWhatAllRead) {
  const auto paris = join(entry("paris")), lyon = join(entry("lyon"));
  ASSERT_GT(paris.run, lone_writer);
  ASSERT_GT(lyon.run, paris.run);

  paris.beats->beat({3, 1200, 1100, {lyon.run}});
  paris.beats->beat({4, 1201, 1101, {lyon.run}});
  const auto seen = lyon.beats->beat({});

  ASSERT_EQ(seen.rows.size(), 2u);
  EXPECT_FALSE(seen.gone);
  const auto& row = seen.rows.at(0);
  EXPECT_EQ(row.name, "paris");
  EXPECT_EQ(row.endpoint, "127.0.0.1:1");
  EXPECT_EQ(row.version, "test");
  EXPECT_EQ(row.beat, 2);
  EXPECT_EQ(row.homes, 4);
  EXPECT_EQ(row.connections, 1201);
  EXPECT_EQ(row.users, 1101);
  EXPECT_THAT(row.unreached, ElementsAre(lyon.run));
  EXPECT_EQ(seen.rows.at(1).beat, 1);
}

TEST_F(Nodes, TenThatStartAtOnceOnAnEmptyDatabaseAllJoin) {
  std::vector<persistence::joined_node> joined(10);
  std::vector<std::thread> all;
  for (size_t at = 0; at < joined.size(); ++at)
    all.emplace_back([&, at] { joined[at] = join(entry("node" + std::to_string(at))); });
  for (auto& each : all)
    each.join();

  std::set<int64_t> runs;
  for (const auto& each : joined)
    runs.insert(each.run);
  EXPECT_EQ(runs.size(), 10u);
  EXPECT_EQ(names_of_living(*joined.front().beats).size(), 10u);
}

TEST_F(Nodes, ANumberOfARunIsNeverUsedAgain) {
  int64_t last = 0;
  for (int n = 0; n < 40; ++n) {
    const auto one = join(entry("paris"));
    ASSERT_GT(one.run, last);
    last = one.run;
  }
  EXPECT_LT(std::stoi(value("SELECT COUNT(*) FROM nodes")), 20) << "those long gone are forgotten";
  EXPECT_LT(std::stoi(value("SELECT COUNT(*) FROM writers")), 20);
}

// --- the fence ---

TEST_F(Nodes, AFencedRunStoresNothingMore) {
  auto paris = node("paris"), lyon = node("lyon");
  const auto zoe = paris.add_user("zoë").id;
  ASSERT_TRUE(post(paris, zoe, 1));
  const auto beat = paris.in.beats->beat({}).rows.at(0).beat;

  EXPECT_EQ(lyon.in.failovers->fence(paris.in.run, beat - 1, true), fencing::not_so) << "it beat meanwhile";
  ASSERT_TRUE(post(paris, zoe, 2));
  EXPECT_EQ(lyon.in.failovers->fence(paris.in.run, beat, false), fencing::fenced);
  EXPECT_EQ(lyon.in.failovers->fence(paris.in.run, beat, true), fencing::not_so) << "one taker";

  EXPECT_EQ(kind_of([&] { post(paris, zoe, 3); }), store_error::kind::fatal);
  EXPECT_TRUE(paris.in.beats->beat({}).gone);
  EXPECT_EQ(value("SELECT COUNT(*) FROM messages"), "2");
  ASSERT_TRUE(post(lyon, zoe, 3));
  EXPECT_THAT(names_of_living(*lyon.in.beats), ElementsAre("lyon"));
}

TEST_F(Nodes, AFenceWaitsForAGroupInCommit) {
  auto paris = node("paris"), lyon = node("lyon");
  const auto zoe = paris.add_user("zoë").id;
  paris.held->hold([](const std::string& statement) { return statement == "COMMIT"; });
  std::optional<bool> stored;
  std::thread posting([&] { stored = post(paris, zoe, 1); });
  ASSERT_TRUE(paris.held->wait([] { return false; }));

  EXPECT_EQ(lyon.in.failovers->fence(paris.in.run, 0, false), fencing::blocked);
  auto fenced = fencing::blocked;
  std::thread taking([&] { fenced = lyon.in.failovers->fence(paris.in.run, 0, true); });
  EXPECT_TRUE(eventually([&] { return somebody_waits(); }));
  paris.held->let_go();
  posting.join();
  taking.join();

  EXPECT_EQ(stored, true);
  EXPECT_EQ(fenced, fencing::fenced);
  EXPECT_EQ(value("SELECT COUNT(*) FROM messages"), "1");
  EXPECT_EQ(kind_of([&] { post(paris, zoe, 2); }), store_error::kind::fatal);
}

TEST_F(Nodes, ATransactionThatIsLeftOpenIsEndedWithItsSession) {
  auto paris = node("paris"), lyon = node("lyon");
  const auto zoe = paris.add_user("zoë").id;
  paris.held->hold([](const std::string& statement) { return statement == "COMMIT"; });
  std::optional<store_error::kind> failure;
  std::thread posting([&] { failure = kind_of([&] { post(paris, zoe, 1); }); });
  ASSERT_TRUE(paris.held->wait([] { return false; }));

  ASSERT_EQ(lyon.in.failovers->fence(paris.in.run, 0, false), fencing::blocked);
  lyon.in.failovers->end_sessions({paris.in.run});
  EXPECT_EQ(lyon.in.failovers->fence(paris.in.run, 0, true), fencing::fenced);
  paris.held->let_go();
  posting.join();

  EXPECT_EQ(failure, store_error::kind::fatal) << "its outcome is found out, and nothing is tried again";
  EXPECT_EQ(value("SELECT COUNT(*) FROM messages"), "0");
}

TEST_F(Nodes, ABeatGoesOnAfterItsSessionWasEnded) {
  const auto paris = join(entry("paris")), lyon = join(entry("lyon"));
  lyon.failovers->end_sessions({paris.run});
  EXPECT_TRUE(eventually([&] { return !kind_of([&] { paris.beats->beat({}); }); }));
  EXPECT_FALSE(paris.beats->beat({}).gone);
}

TEST_F(Nodes, APostsNumberStandsInItsRow) {
  auto paris = node("paris");
  const auto zoe = paris.add_user("zoë").id;
  ASSERT_TRUE(post(paris, zoe, 7));
  EXPECT_EQ(value("SELECT post FROM messages"), "7");
}

// --- who may be beside whom ---

TEST_F(Nodes, AStartOnTheSameFolderEndsTheFormerRunAtOnce) {
  auto paris = node("paris");
  const auto zoe = paris.add_user("zoë").id;
  paris.held->hold([](const std::string& statement) { return statement == "COMMIT"; });
  std::optional<store_error::kind> failure;
  std::thread posting([&] { failure = kind_of([&] { post(paris, zoe, 1); }); }); // a process that hangs
  ASSERT_TRUE(paris.held->wait([] { return false; }));

  const beating lives(*paris.in.beats); // whoever waits until it stands still waits for ever
  const auto again = join(entry("paris"));
  paris.held->let_go();
  posting.join();

  EXPECT_EQ(failure, store_error::kind::fatal);
  EXPECT_THAT(names_of_living(*again.beats), ElementsAre("paris"));
}

TEST_F(Nodes, ANameIsOneNodesAsLongAsItLives) {
  const auto paris = join(entry("paris"));
  auto other = entry("paris");
  other.folder = "another";
  {
    const beating lives(*paris.beats);
    EXPECT_THAT(refusal_of([&] { join(other); }), HasSubstr("the name paris is in use: the node paris (127.0.0.1:1"));
  }
  const auto second = join(other); // it stood still for long enough
  EXPECT_TRUE(paris.beats->beat({}).gone);
  EXPECT_THAT(names_of_living(*second.beats), ElementsAre("paris"));
}

TEST_F(Nodes, WhoMayNotBeBesideOthersIsRefusedWhereOneLives) {
  const auto paris = join(entry("paris"));
  auto alone = entry("lyon");
  alone.beside_others = false;
  {
    const beating lives(*paris.beats);
    EXPECT_THAT(refusal_of([&] { join(alone); }), HasSubstr("the node paris (127.0.0.1:1"));
  }
  EXPECT_THAT(names_of_living(*join(alone).beats), ElementsAre("lyon"));
}

TEST_F(Nodes, ALoneServerAndNodesRefuseEachOther) {
  {
    const auto lone = open(where);
    EXPECT_THAT(refusal_of([&] { join(entry("paris")); }), HasSubstr("a salond without --cluster writes to"));
    lone->transact([&](const auto& db) { decisions::register_user(db, {"zoë", "zoë", "h"}); });
  }
  auto paris = node("paris");
  {
    const beating lives(*paris.in.beats);
    EXPECT_THAT(refusal_of([&] { persistence::dry_run_mysql(where, {}); }), HasSubstr("the node paris (127.0.0.1:1"));
    EXPECT_THAT(refusal_of([&] { open(where); }), HasSubstr("the node paris (127.0.0.1:1"));
  }
  EXPECT_THAT(persistence::dry_run_mysql(where, {}), IsEmpty());
  EXPECT_FALSE(paris.in.beats->beat({}).gone) << "a dry run changes nothing";
  const auto lone = open(where); // the node stood still for long enough
  lone->transact([&](const auto& db) { decisions::register_user(db, {"paul", "paul", "h"}); });
  EXPECT_EQ(kind_of([&] { paris.add_user("anna"); }), store_error::kind::fatal);
  EXPECT_TRUE(paris.in.beats->beat({}).gone);
}

TEST_F(Nodes, ALoneServerThatWasAwayWhileANodeJoinedWritesNothingMore) {
  const auto lone = open(where);
  persistence::mysql::connection other(where, {});
  persistence::mysql::end_session_with(
      other, persistence::mysql::lock_of(persistence::mysql::session_kind::writer, lone_writer));
  std::optional<persistence::joined_node> paris;
  ASSERT_TRUE(eventually([&] { return refusal_of([&] { paris = join(entry("paris")); }).empty(); }));

  EXPECT_EQ(kind_of([&] {
              lone->transact([&](const auto& db) { decisions::register_user(db, {"zoë", "zoë", "h"}); });
            }),
            store_error::kind::fatal);
  EXPECT_FALSE(paris->beats->beat({}).gone);
}

TEST_F(Nodes, EnterApartWhereAnotherOneLivesIfTheyAreToWait) {
  auto waits = [this](const std::string& name) {
    auto who = entry(name);
    who.waits = true;
    return join(who);
  };
  const auto paris = waits("paris");
  EXPECT_EQ(paris.state, persistence::node_state::serving);
  const auto lyon = waits("lyon");
  EXPECT_EQ(lyon.state, persistence::node_state::apart);
  EXPECT_EQ(lyon.beats->beat({}).rows.back().state, persistence::node_state::apart);
  EXPECT_EQ(join(entry("nantes")).state, persistence::node_state::serving);
}

} // namespace salond
