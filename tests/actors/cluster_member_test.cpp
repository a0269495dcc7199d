// The threads of a node's membership, on a table in memory: who beats, who is lost, and what a failover does.
#include "actors/cluster/member.hpp"
#include "tests/support/node_table.hpp"
#include "tests/support/process.hpp"
#include <algorithm>
#include <gmock/gmock.h>

namespace salond {
namespace {

using namespace std::chrono_literals;
using support::eventually;
using testing::ElementsAre;
using testing::IsEmpty;
using standing = rules::cluster::membership::standing;

class ClusterMember : public testing::Test {
protected:
  void SetUp() override {
    for (const auto run : {2, 3}) {
      persistence::stored_node row;
      row.run = run;
      row.name = run == 2 ? "paris" : "lyon";
      shared.rows.push_back(row);
    }
    member = std::make_unique<cluster_member>(support::joined(shared, 2));
  }
  void TearDown() override {
    if (member)
      member->stop();
  }
  template <class Fact>
  bool seen(Fact fact) {
    return eventually([&] {
      member->turned({5, 1, 1, {}}, true);
      const std::lock_guard lock{shared.mutex};
      return fact();
    });
  }
  /// So that nobody takes it for lost. Within seen().
  bool lyon_beats() { return ++shared.row(3).beat != 0; }
  std::vector<std::string> names() {
    std::vector<std::string> result;
    for (const auto& node : member->nodes())
      result.push_back(node.row.name + (node.doubtful ? "?" : ""));
    return result;
  }

  support::node_table shared;
  std::unique_ptr<cluster_member> member;
};

TEST_F(ClusterMember, BeatsWithWhatTheNodeHas) {
  EXPECT_TRUE(seen([&] { return shared.row(2).beat >= 2 && shared.last.homes == 5; }));
  EXPECT_EQ(names().size(), 2u);
  member->leave();
  EXPECT_TRUE(shared.left);
}

TEST_F(ClusterMember, DoesNotBeatWhereTheLoopHangs) {
  ASSERT_TRUE(seen([&] { return shared.row(2).beat >= 1; })); // it turned once
  EXPECT_TRUE(eventually([&] { return member->standing() == standing::doubtful; }));
  member->turned({}, true);
  EXPECT_TRUE(seen([&] { return true; }));
  EXPECT_TRUE(eventually([&] {
    member->turned({}, true);
    return member->standing() == standing::fine;
  }));
}

TEST_F(ClusterMember, EndsANodeThatWasRemovedThoughItBeats) {
  ASSERT_TRUE(seen([&] { return lyon_beats() && shared.row(2).beat >= 1; }));

  member->end_removed({"lyon", "nobody"});

  EXPECT_TRUE(seen([&] { return lyon_beats() && shared.row(3).gone && shared.cleared > 0; }));
  EXPECT_TRUE(eventually([&] { return member->knows_gone(rules::cluster::node_id{3}); }));
  EXPECT_THAT(shared.fenced, IsEmpty()) << "it was not lost";
}

TEST_F(ClusterMember, TellsOnceARemovedNodeIsEnded) {
  std::atomic<int> told{0};
  ASSERT_TRUE(seen([&] { return lyon_beats() && shared.row(2).beat >= 1; }));
  shared.with([&] { return shared.away = true; });
  member->end_runs_of("lyon", [&] { ++told; });
  member->end_removed({}); // somebody lets a node of that name in
  EXPECT_EQ(told, 0);
  {
    const std::lock_guard lock{shared.mutex};
    shared.away = false;
  }

  EXPECT_TRUE(seen([&] { return lyon_beats() && told == 1; }));
  EXPECT_TRUE(shared.with([&] { return shared.row(3).gone; }));
  member->end_runs_of("lyon", [&] { ++told; });
  EXPECT_TRUE(seen([&] { return told == 2; })) << "it is so already";
}

/// Seen: a node that stopped while the database was slow left users who were shown as connected until another was lost.
TEST_F(ClusterMember, EndsThePresencesOfWhoLeftByItself) {
  ASSERT_TRUE(seen([&] { return lyon_beats() && shared.row(2).beat >= 2; }));
  ASSERT_EQ(shared.cleared, 0);

  shared.with([&] { return shared.row(3).gone = true; });

  EXPECT_TRUE(seen([&] { return shared.cleared > 0; }));
  EXPECT_THAT(shared.fenced, IsEmpty());
}

TEST_F(ClusterMember, ServesOnceItIsLetIn) {
  member = nullptr; // it beats until then
  shared.row(2).state = persistence::node_state::apart;
  member = std::make_unique<cluster_member>(support::joined(shared, 2));
  std::atomic<int> told{0};
  member->when_serving([&] { ++told; });
  ASSERT_TRUE(seen([&] { return lyon_beats() && shared.row(2).beat >= 3; }));
  EXPECT_TRUE(member->enters());
  EXPECT_EQ(told, 0);

  member->let_in();

  EXPECT_TRUE(seen([&] { return lyon_beats() && told == 1; }));
  EXPECT_FALSE(member->enters());
  EXPECT_EQ(member->state(), persistence::node_state::serving);
  EXPECT_EQ(shared.with([&] { return shared.row(2).state; }), persistence::node_state::serving);
}

TEST_F(ClusterMember, DrainsWhenItIsAskedTo) {
  ASSERT_TRUE(seen([&] { return shared.row(2).beat >= 1; }));
  EXPECT_EQ(member->state(), persistence::node_state::serving);

  member->drain();

  EXPECT_TRUE(seen([&] { return shared.row(2).state == persistence::node_state::draining; }));
  EXPECT_TRUE(eventually([&] { return member->state() == persistence::node_state::draining; }));
}

TEST_F(ClusterMember, MakesTheFailoverOfWhoStandsStill) {
  EXPECT_TRUE(seen([&] { return shared.cleared > 0; }));
  EXPECT_THAT(shared.fenced, ElementsAre(3));
  EXPECT_THAT(shared.ended, IsEmpty()) << "no row was held";
  EXPECT_THAT(names(), ElementsAre("paris"));
}

TEST_F(ClusterMember, EndsSessionsWhereARowIsHeld) {
  shared.with([&] { return shared.blocked = 1; });
  EXPECT_TRUE(seen([&] { return !shared.fenced.empty(); }));
  EXPECT_THAT(shared.ended, ElementsAre(3));
}

TEST_F(ClusterMember, TakesNobodyForLostBehindAnOutage) {
  ASSERT_TRUE(seen([&] { return shared.row(2).beat >= 2; }));
  {
    const std::lock_guard lock{shared.mutex};
    shared.away = true;
  }
  EXPECT_TRUE(eventually([&] {
    member->turned({}, true);
    return member->standing() == standing::doubtful;
  }));
  int64_t mine = 0;
  {
    const std::lock_guard lock{shared.mutex};
    shared.away = false;
    mine = shared.row(2).beat;
  }
  EXPECT_TRUE(seen([&] { return shared.row(2).beat >= mine + 2; }));
  EXPECT_THAT(shared.fenced, IsEmpty());
}

TEST_F(ClusterMember, ReadsNewsUntilTheyAreTakenAndSoonWhereItIsTold) {
  std::vector<int64_t> told;
  std::atomic<bool> takes{false};
  member->when_news([&](const std::vector<persistence::stored_news>& news) {
    const std::lock_guard lock{shared.mutex};
    for (const auto& news : news)
      told.push_back(news.number);
    return takes.load();
  });
  {
    const std::lock_guard lock{shared.mutex};
    shared.news = {{1, 3, {}}, {2, 3, {}}};
  }
  const auto other_lives = [&](bool fact) {
    ++shared.row(3).beat;
    return fact;
  };
  ASSERT_TRUE(seen([&] { return other_lives(told.size() >= 4); })); // they were not taken, and come again
  takes = true;
  ASSERT_TRUE(seen([&] { return other_lives(shared.last.news_read == 2); }));

  const auto before = shared.with([&] { return shared.beats; });
  const auto began = std::chrono::steady_clock::now();
  while (shared.with([&] { return shared.beats; }) < before + 4) {
    member->turned({}, true);
    member->read_soon();
    ASSERT_LT(std::chrono::steady_clock::now() - began, 2s) << "a second is waited for each";
  }
  EXPECT_THAT(shared.fenced, IsEmpty()) << "nobody is judged by such rounds";
}

TEST_F(ClusterMember, SaysOnceThatItIsGone) {
  std::atomic<int> told{0};
  member->when_gone([&] { ++told; });
  {
    const std::lock_guard lock{shared.mutex};
    shared.row(2).gone = true;
  }
  EXPECT_TRUE(member->is_gone_within(5s));
  EXPECT_TRUE(eventually([&] { return told == 1; }));
  member->when_gone([&] { told += 10; });
  EXPECT_EQ(told, 11) << "whoever asks later is told at once";
  EXPECT_THAT(shared.fenced, IsEmpty()) << "who is gone ends nobody else";
}

/// What its links are told.
struct heard_of_rounds {
  std::mutex mutex;
  std::vector<int64_t> living; ///< of the last round
  std::vector<int64_t> ended;
  int sure = 0;

  membership_events events() {
    membership_events on;
    on.living = [this](const auto& rows) {
      const std::lock_guard lock{mutex};
      living.clear();
      for (const auto& row : rows)
        living.push_back(row.run);
    };
    on.ended = [this](auto run) {
      const std::lock_guard lock{mutex};
      ended.push_back(run.value);
    };
    on.sure = [this] {
      const std::lock_guard lock{mutex};
      ++sure;
    };
    return on;
  }
  template <class Value>
  Value get(Value heard_of_rounds::*which) {
    const std::lock_guard lock{mutex};
    return this->*which;
  }
};

TEST_F(ClusterMember, TellsItsLinksWhoLivesAndWhoIsEnded) {
  heard_of_rounds heard;
  member->tell_links(heard.events());

  EXPECT_TRUE(seen([&] { return heard.get(&heard_of_rounds::living) == std::vector<int64_t>{2, 3}; }));
  EXPECT_TRUE(seen([&] { return heard.get(&heard_of_rounds::ended) == std::vector<int64_t>{3}; }));
  EXPECT_TRUE(seen([&] { return heard.get(&heard_of_rounds::living) == std::vector<int64_t>{2}; }));
  EXPECT_TRUE(member->knows_gone({3}));
  EXPECT_EQ(heard.get(&heard_of_rounds::sure), 0);
  member->stop(); // before what it tells ends
}

TEST_F(ClusterMember, BelievesAPeerThatARunIsGone) {
  heard_of_rounds heard;
  member->tell_links(heard.events());
  ASSERT_TRUE(seen([&] { return heard.get(&heard_of_rounds::living).size() == 2; }));

  member->found_gone({3});

  EXPECT_TRUE(member->knows_gone({3}));
  EXPECT_TRUE(seen([&] { return heard.get(&heard_of_rounds::living) == std::vector<int64_t>{2}; }));
  EXPECT_THAT(shared.with([&] { return shared.fenced; }), IsEmpty()) << "somebody else did that";
  std::atomic<int> told{0};
  member->when_gone([&] { ++told; });
  member->found_gone({2});
  EXPECT_EQ(told, 1);
  member->stop();
}

TEST_F(ClusterMember, SaysThatItIsSureAgainBehindADoubt) {
  heard_of_rounds heard;
  member->tell_links(heard.events());
  ASSERT_TRUE(seen([&] { return shared.row(2).beat >= 2 && member->beats(); }));
  {
    const std::lock_guard lock{shared.mutex};
    shared.away = true;
  }
  ASSERT_TRUE(eventually([&] { return member->standing() == standing::doubtful; }));
  EXPECT_FALSE(member->beats());
  EXPECT_EQ(heard.get(&heard_of_rounds::sure), 0);
  {
    const std::lock_guard lock{shared.mutex};
    shared.away = false;
  }
  EXPECT_TRUE(seen([&] { return heard.get(&heard_of_rounds::sure) == 1; }));
  member->stop();
}

TEST_F(ClusterMember, WritesWhomItDoesNotReach) {
  const auto lives = [&] { ++shared.row(3).beat; };
  EXPECT_TRUE(seen([&] {
    lives();
    return shared.last.unreached == std::vector<int64_t>{3};
  }));
  member->hear_peer({3}, true);
  EXPECT_TRUE(seen([&] {
    lives();
    return shared.last.unreached.empty();
  }));
}

TEST_F(ClusterMember, StepsAsideWhileOthersDoNotReachItAndServesAgain) {
  using persistence::node_state;
  {
    const std::lock_guard lock{shared.mutex};
    auto third = shared.row(3);
    third.run = 4;
    third.name = "nice";
    shared.rows.push_back(third);
    shared.row(3).unreached = shared.row(4).unreached = {2};
  }
  const auto others_live = [&] {
    ++shared.row(3).beat;
    ++shared.row(4).beat;
  };
  ASSERT_TRUE(seen([&] {
    others_live();
    return shared.row(2).state == node_state::apart;
  }));
  EXPECT_TRUE(eventually([&] { return member->state() == node_state::apart; }));
  {
    const std::lock_guard lock{shared.mutex};
    shared.row(3).unreached = shared.row(4).unreached = {};
  }
  const auto since = std::chrono::steady_clock::now();
  ASSERT_TRUE(seen([&] {
    others_live();
    member->hear_peer({3}, true);
    member->hear_peer({4}, true);
    return shared.row(2).state == node_state::serving;
  }));
  EXPECT_GE(std::chrono::steady_clock::now() - since, rules::cluster::reach::holds_after);
}

} // namespace
} // namespace salond
