#include "actors/rules/cluster/failover.hpp"
#include "actors/rules/cluster/membership.hpp"
#include "actors/rules/cluster/reach.hpp"
#include <gtest/gtest.h>

namespace salond::rules::cluster {
namespace {

using namespace std::chrono_literals;
using standing = membership::standing;

constexpr node_id self{1}, other{2}, third{3};

instant at(std::chrono::milliseconds since) {
  return instant{} + 1h + since;
}

node_row a_row(node_id id, int64_t beat) {
  node_row row;
  row.id = id;
  row.name = "n" + std::to_string(id.value);
  row.beat = beat;
  return row;
}

std::vector<node_row> rows_of(int64_t own, int64_t others) {
  return {a_row(self, own), a_row(other, others)};
}

/// Rounds a second apart, from `from` on, that read the other's beat as it is; who is lost with the last.
std::vector<membership::lost> rounds(membership& members, int from, int count, int64_t beat) {
  std::vector<membership::lost> found;
  for (int i = from; i < from + count; ++i)
    found = members.round_succeeded(at(1s * i), at(1s * i + 10ms), rows_of(i, beat));
  return found;
}

TEST(Membership, TakesForLostWhoseBeatStandsStillForThreeRoundsAndThreeSeconds) {
  membership members{self, at(0s)};

  EXPECT_TRUE(rounds(members, 1, 4, 7).empty());
  const auto found = rounds(members, 5, 1, 7);

  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].node, other);
  EXPECT_EQ(found[0].beat, 7);
  EXPECT_TRUE(rounds(members, 6, 1, 8).empty());
}

TEST(Membership, CountsRoundsOverWhichABeatStandsStill) {
  membership members{self, at(0s)};

  rounds(members, 1, 3, 7);
  EXPECT_EQ(members.rounds_without_beat(other), 2);
  EXPECT_EQ(members.rounds_without_beat(third), 0);
  rounds(members, 4, 1, 8);
  EXPECT_EQ(members.rounds_without_beat(other), 0);
}

TEST(Membership, BeginsAnewAfterARoundOfItsOwnFailed) {
  membership members{self, at(0s)};
  rounds(members, 1, 4, 7);
  members.round_failed();

  EXPECT_TRUE(rounds(members, 5, 4, 7).empty());
  EXPECT_EQ(rounds(members, 9, 1, 7).size(), 1u);
}

TEST(Membership, BeginsAnewAfterARoundThatTookLong) {
  membership members{self, at(0s)};
  rounds(members, 1, 4, 7);

  EXPECT_TRUE(members.round_succeeded(at(5s), at(35s), rows_of(5, 7)).empty());
  EXPECT_TRUE(rounds(members, 36, 2, 7).empty());
  EXPECT_EQ(rounds(members, 38, 1, 7).size(), 1u);
}

TEST(Membership, IsInDoubtWhenItsRoundsFailAndClosesOnlyWhileOthersBeat) {
  membership members{self, at(0s)};
  rounds(members, 1, 1, 7);

  EXPECT_EQ(members.standing_at(at(3900ms)), standing::fine);
  EXPECT_EQ(members.standing_at(at(4s)), standing::doubtful);
  members.hear_peer(true, at(5s)); // it said so once, as when all lost the store at the same time
  EXPECT_EQ(members.standing_at(at(40s)), standing::doubtful);
  for (int i = 40; i < 52; ++i) {
    EXPECT_NE(members.standing_at(at(1s * i)), standing::closing);
    members.hear_peer(true, at(1s * i));
  }
  EXPECT_EQ(members.standing_at(at(52s)), standing::closing);
  rounds(members, 53, 1, 8);
  EXPECT_EQ(members.standing_at(at(54s)), standing::fine);
}

TEST(Membership, FindsItselfGoneForEver) {
  membership members{self, at(0s)};
  auto rows = rows_of(1, 7);
  rows[0].gone = true;
  members.round_succeeded(at(1s), at(1s), rows);
  rounds(members, 2, 1, 7);

  EXPECT_EQ(members.standing_at(at(2s)), standing::gone);
  EXPECT_FALSE(members.beats(at(2s)));
}

TEST(Membership, BelievesThatARunIsGoneWhateverAnEarlierReadingSays) {
  membership members{self, at(0s)};
  rounds(members, 1, 1, 7);
  members.found_gone(other);
  rounds(members, 2, 1, 7); // it was read before that

  EXPECT_TRUE(members.knows_gone(other));
  EXPECT_EQ(members.standing_at(at(2s)), standing::fine);
}

TEST(Membership, TakesAnOlderRunWithoutARowForGone) {
  membership members{other, at(0s)};
  members.round_succeeded(at(1s), at(1s), {a_row(other, 1)});

  EXPECT_TRUE(members.knows_gone(self));
  EXPECT_FALSE(members.knows_gone(third)); // younger than all that were read: not read yet
}

TEST(Liveness, LetsNoNodeBeatThatHangs) {
  liveness live{at(10s), at(1s), true};

  EXPECT_TRUE(live.may_beat(at(11s)));
  EXPECT_FALSE(live.may_beat(at(12s))); // its I/O thread
  live.writer_waits = false;
  EXPECT_FALSE(live.may_beat(at(11s))); // its writer
}

TEST(Failovers, EndSessionsWhereARowIsHeldAndTurnToOthersNext) {
  failovers all;
  auto rows = rows_of(1, 7);
  rows.push_back(a_row(third, 3));
  rows.back().gone = true;

  const auto first = all.round({{other, 7}, {{4}, 9}});
  const auto second = all.answered(failovers::outcome::blocked, rows);
  const auto next = all.answered(failovers::outcome::blocked, rows);

  ASSERT_TRUE(first && second && next);
  EXPECT_TRUE(first->end_sessions.empty());
  EXPECT_EQ(second->whom.node, other);
  EXPECT_EQ(second->end_sessions, (std::vector{other, third}));
  EXPECT_EQ(next->whom.node, node_id{4});
  EXPECT_FALSE(all.round({{other, 7}})); // one at a time
}

TEST(Failovers, EndTheirOwnLostSessionBeforeAnythingElse) {
  failovers all;
  all.round({{other, 7}});

  const auto next = all.answered(failovers::outcome::unknown, {});
  ASSERT_TRUE(next);
  EXPECT_TRUE(next->end_own);
  EXPECT_FALSE(all.answered(failovers::outcome::own_ended, {})); // the next round judges anew
  EXPECT_TRUE(all.round({{other, 7}}));
}

TEST(Reach, SaysWhoWasNotHeardForTenSeconds) {
  reach peers;
  const auto rows = rows_of(1, 1);
  peers.hear(other, at(1s));

  EXPECT_TRUE(peers.unreached(self, rows, at(10900ms)).empty());
  EXPECT_EQ(peers.unreached(self, rows, at(11s)), std::vector{other});
  peers.forget();
  EXPECT_TRUE(peers.unreached(self, rows, at(12s)).empty());
}

TEST(Reach, LetsExactlyOneOfTwoStepAside) {
  auto rows = std::vector{a_row(self, 1), a_row(other, 1), a_row(third, 1)};
  rows[0].unreached = {other};

  EXPECT_EQ(who_steps_aside(rows), std::vector{other}); // one link each: the younger
  rows[2].unreached = {self};
  EXPECT_EQ(who_steps_aside(rows), std::vector{self}); // it has none, they have one each
  rows[1].unreached = {third};
  EXPECT_EQ(who_steps_aside(rows), (std::vector{third, other})); // nobody has any: the oldest stays
}

TEST(Reach, LetsOneComeBackWhoReachesAllThatServe) {
  auto rows = std::vector{a_row(self, 1), a_row(other, 1)};
  rows[1].state = node_state::apart;
  rows[0].unreached = {other};
  reach peers;
  peers.hear(self, at(1s));

  EXPECT_FALSE(may_return(rows, other));
  rows[0].unreached.clear();
  EXPECT_TRUE(may_return(rows, other));
  EXPECT_FALSE(peers.holds(other, rows, at(5900ms)));
  EXPECT_TRUE(peers.holds(other, rows, at(6s)));
  peers.lose(self);
  EXPECT_FALSE(peers.holds(other, rows, at(7s)));
}

} // namespace
} // namespace salond::rules::cluster
