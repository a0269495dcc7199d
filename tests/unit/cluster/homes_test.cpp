#include "actors/rules/cluster/home.hpp"
#include "actors/rules/cluster/homes.hpp"
#include <algorithm>
#include <gtest/gtest.h>
#include <map>

namespace salond::rules::cluster {
namespace {

node_row a_node(int64_t id, const std::string& name, int64_t homes) {
  node_row row;
  row.id = {id};
  row.name = name;
  row.homes = homes;
  return row;
}

TEST(Homes, AreWeighedAlikeByAllVersions) {
  EXPECT_EQ(weight({1}, "node-a"), weight({1}, "node-a"));
  EXPECT_NE(weight({1}, "node-a"), weight({2}, "node-a"));
  EXPECT_NE(weight({1}, "node-a"), weight({1}, "node-b"));
  EXPECT_EQ(weight({1}, "a"), 2841994784060530217u); // in the rows of running clusters: never to change
}

TEST(Homes, GoToNobodyWhenNobodyServes) {
  auto rows = std::vector{a_node(1, "a", 0), a_node(2, "b", 0)};
  rows[0].gone = true;
  rows[1].state = node_state::draining;

  EXPECT_EQ(choose_home({1}, rows), std::nullopt);
}

TEST(Homes, StayWithTheOtherNodesWhenOneComesOrGoes) {
  const auto all = std::vector{a_node(1, "a", 0), a_node(2, "b", 0), a_node(3, "c", 0)};
  const auto two = std::vector{all[0], all[1]};

  for (int64_t salon = 1; salon <= 300; ++salon) {
    const auto before = choose_home({salon}, all);
    if (before != node_id{3}) {
      EXPECT_EQ(choose_home({salon}, two), before) << salon;
    }
  }
}

TEST(Homes, AreNoMoreThanAQuarterAboveTheShareWhereTheyAreChosen) {
  auto rows = std::vector{a_node(1, "a", 0), a_node(2, "b", 0), a_node(3, "c", 0)};
  for (int64_t salon = 1; salon <= 3000; ++salon)
    ++rows[static_cast<size_t>(choose_home({salon}, rows)->value - 1)].homes;

  for (const auto& row : rows)
    EXPECT_LE(row.homes, 1251);
}

TEST(Homes, AreClaimedFromNobodyWhoLives) {
  const node_id self{7}, other{8};

  EXPECT_EQ(claimed(std::nullopt, false, self), (home_row{self, {1}}));
  EXPECT_EQ(claimed(home_row{other, {4}}, false, self), std::nullopt);
  EXPECT_EQ(claimed(home_row{other, {4}}, true, self), (home_row{self, {5}}));
  EXPECT_EQ(claimed(home_row{self, {4}}, false, self), (home_row{self, {5}})); // its salon failed: begun anew
}

TEST(Homes, MoveUntilNobodyHasOneAndAHalfTimesAnothersAndTwo) {
  std::map<int64_t, std::vector<salon_id>> held;
  for (int64_t salon = 1; salon <= 500; ++salon)
    held[1].push_back({salon});
  int rounds = 0;
  for (bool moved = true; moved; ++rounds) {
    moved = false;
    std::vector<node_row> rows;
    for (int64_t node = 1; node <= 4; ++node)
      rows.push_back(a_node(node, "n" + std::to_string(node), static_cast<int64_t>(held[node].size())));
    for (int64_t node = 1; node <= 4; ++node) {
      const auto next = moves({node}, std::vector<salon_id>(held[node]), rows);
      ASSERT_LE(next.size(), max_moves);
      for (const auto& each : next) {
        moved = true;
        held[node].erase(std::find(held[node].begin(), held[node].end(), each.salon));
        held[each.to.value].push_back(each.salon);
      }
    }
  }

  EXPECT_LE(rounds, 30); // seconds
  for (const auto& [node, salons] : held)
    for (const auto& [other, others] : held)
      EXPECT_LE(2 * salons.size(), 3 * others.size() + 4) << node << ' ' << other;
}

TEST(Home, ListsANodeBeforeItAnswersAndTellsItWhatComesLater) {
  home salon{{1}, {3}, 41};
  const auto answer = salon.hear({2}, attach{{1}, 9});

  salon.decide({{42, number_of({5}, 1), {}, "été", {}}}, {});
  const auto told = salon.batch_for({2}, 41, {{42, number_of({5}, 1), {}, "été", {}}}, {});

  EXPECT_EQ(answer.last_seq, 41);
  EXPECT_EQ(answer.question, 9);
  EXPECT_EQ(salon.listed(), std::vector<node_id>{{2}});
  ASSERT_TRUE(told);
  EXPECT_EQ(told->before, 41);
  EXPECT_EQ(salon.last_seq(), 42);
}

TEST(Home, TakesThePostsOfANodeInTheirChainAlone) {
  home salon{{1}, {3}, 0};
  const auto first = number_of({2}, 1), second = number_of({2}, 2), third = number_of({2}, 3);

  EXPECT_EQ(salon.take({2}, {{1}, {2}, first, {}, {}, "of an earlier epoch"}), home::verdict::ignored);
  EXPECT_EQ(salon.take({2}, {{1}, {3}, second, first, {}, "before the first"}), home::verdict::missing);
  EXPECT_EQ(salon.take({2}, {{1}, {3}, first, {}, {}, "x"}), home::verdict::taken);
  EXPECT_EQ(salon.take({2}, {{1}, {3}, first, {}, {}, "x"}), home::verdict::ignored);
  EXPECT_EQ(salon.take({2}, {{1}, {3}, third, second, {}, "z"}), home::verdict::missing);
  EXPECT_EQ(salon.take({2}, {{1}, {3}, second, first, {}, "y"}), home::verdict::taken);
}

TEST(Home, IsDrainedWhenAllThatWasTakenIsDecidedBeTheirNodeGoneOrNot) {
  home salon{{1}, {3}, 0};
  salon.take({2}, {{1}, {3}, number_of({2}, 1), {}, {}, "x"});
  salon.take({2}, {{1}, {3}, number_of({2}, 2), number_of({2}, 1), {}, "y"});
  salon.close();
  salon.forget({2});

  salon.decide({{1, number_of({2}, 1), {}, "x", {}}}, {});
  EXPECT_FALSE(salon.drained());
  salon.decide({}, {{number_of({2}, 2), fault::busy}});
  EXPECT_TRUE(salon.drained());
}

TEST(Home, TellsARefusalToTheNodeOfItsAuthorAlone) {
  home salon{{1}, {3}, 0};
  const std::vector<refusal> refused = {{number_of({2}, 1), fault::not_a_member}};

  ASSERT_TRUE(salon.batch_for({2}, 0, {}, refused));
  EXPECT_EQ(salon.batch_for({2}, 0, {}, refused)->refused.size(), 1u);
  EXPECT_FALSE(salon.batch_for({4}, 0, {}, refused));
}

TEST(PostNumber, KeepsItsNodeForThirtyYearsOfPosts) {
  const auto last = number_of({(1 << 23) - 1}, (int64_t{1} << 40) - 1);

  EXPECT_EQ(author_node(last), node_id{(1 << 23) - 1});
  EXPECT_GT(last.value, 0);
  EXPECT_TRUE(number_of({2}, 7) < number_of({2}, 8));
}

} // namespace
} // namespace salond::rules::cluster
