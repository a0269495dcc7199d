// The threads of a node's membership, on a table in memory: who beats, who is lost, and what a failover does.
#include "actors/cluster/member.hpp"
#include "persistence/store.hpp"
#include "tests/support/process.hpp"
#include <algorithm>
#include <gmock/gmock.h>

namespace salond {
namespace {

using namespace std::chrono_literals;
using persistence::beaten;
using persistence::node_failovers;
using persistence::node_report;
using persistence::store_error;
using support::eventually;
using testing::ElementsAre;
using testing::IsEmpty;
using standing = rules::cluster::membership::standing;

/// What all nodes share.
struct table {
  std::mutex mutex;
  std::vector<persistence::stored_node> rows;
  std::vector<persistence::stored_news> news;
  bool away = false, left = false;
  int beats = 0;
  node_report last;
  std::vector<int64_t> fenced, ended;
  int blocked = 0; ///< so many tries of a fence
  int cleared = 0;

  template <class Work>
  auto with(Work work) {
    const std::lock_guard lock{mutex};
    if (away)
      throw store_error(store_error::kind::unavailable, "away");
    return work();
  }
  persistence::stored_node& row(int64_t run) {
    for (auto& one : rows)
      if (one.run == run)
        return one;
    throw std::logic_error("no such run");
  }
};

class beats_in_memory final : public persistence::node_beats {
public:
  beats_in_memory(table& of, int64_t run) : of_(of), run_(run) {}
  beaten beat(const node_report& what) override {
    return of_.with([&] {
      auto& own = of_.row(run_);
      ++of_.beats;
      of_.last = what;
      if (!own.gone)
        ++own.beat;
      auto fresh = of_.news;
      const auto known = [&](const persistence::stored_news& one) { return one.number <= what.news_read; };
      fresh.erase(std::remove_if(fresh.begin(), fresh.end(), known), fresh.end());
      return beaten{own.gone, of_.rows, fresh};
    });
  }
  void leave() override {
    of_.with([&] {
      of_.left = true;
      return 0;
    });
  }

private:
  table& of_;
  int64_t run_;
};

class failovers_in_memory final : public node_failovers {
public:
  explicit failovers_in_memory(table& of) : of_(of) {}
  fencing fence(int64_t run, int64_t beat, bool waits) override {
    return of_.with([&] {
      auto& row = of_.row(run);
      if (row.gone || row.beat != beat)
        return fencing::not_so;
      if (of_.blocked > 0 && !(waits && !of_.ended.empty())) {
        --of_.blocked;
        return fencing::blocked;
      }
      row.gone = true;
      of_.fenced.push_back(run);
      return fencing::fenced;
    });
  }
  void end_sessions(const std::vector<int64_t>& runs) override {
    of_.with([&] {
      of_.ended = runs;
      return 0;
    });
  }
  void end_own_sessions() override {}
  int64_t end_presences() override {
    return of_.with([&] { return int64_t{++of_.cleared}; });
  }

private:
  table& of_;
};

class ClusterMember : public testing::Test {
protected:
  void SetUp() override {
    for (const auto run : {2, 3}) {
      persistence::stored_node row;
      row.run = run;
      row.name = run == 2 ? "paris" : "lyon";
      shared.rows.push_back(row);
    }
    persistence::joined_node in;
    in.run = 2;
    in.beats = std::make_unique<beats_in_memory>(shared, 2);
    in.failovers = std::make_unique<failovers_in_memory>(shared);
    member = std::make_unique<cluster_member>(std::move(in));
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
  std::vector<std::string> names() {
    std::vector<std::string> result;
    for (const auto& one : member->nodes())
      result.push_back(one.row.name + (one.doubtful ? "?" : ""));
    return result;
  }

  table shared;
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
  member->when_news([&](const std::vector<persistence::stored_news>& what) {
    const std::lock_guard lock{shared.mutex};
    for (const auto& one : what)
      told.push_back(one.number);
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

} // namespace
} // namespace salond
