#include "actors/transport/handshake_pace.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

namespace salond {
namespace {

using namespace std::chrono_literals;

TEST(HandshakePace, AllowsStepsUntilTheShareOfTheTurnIsSpent) {
  handshake_pace pace;

  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(pace.allows()) << i;
    pace.spend(100us);
  }

  EXPECT_FALSE(pace.allows());
}

TEST(HandshakePace, AllowsOneStepHoweverLongItTakes) {
  handshake_pace pace;

  EXPECT_TRUE(pace.allows());
  pace.spend(50ms);
  EXPECT_FALSE(pace.allows());
  pace.next_turn();

  EXPECT_TRUE(pace.allows());
}

TEST(HandshakePace, AsksForTheNextTurnOnceATurn) {
  handshake_pace pace;

  EXPECT_TRUE(pace.spend(0us));
  EXPECT_FALSE(pace.spend(100us));
  pace.next_turn();

  EXPECT_TRUE(pace.spend(100us));
}

TEST(HandshakePace, ServesThoseWhoWaitInTheirOrderAndBeforeWhoeverComesLater) {
  handshake_pace pace;
  std::vector<int> served;
  const auto take = [&](int who) {
    EXPECT_TRUE(pace.allows()) << who;
    served.push_back(who);
    pace.spend(pace.max_a_turn / 2);
  };
  pace.spend(pace.max_a_turn);
  for (int who = 0; who < 3; ++who)
    pace.wait([&take, who] { take(who); });

  pace.next_turn();

  EXPECT_THAT(served, testing::ElementsAre(0, 1));
  pace.next_turn();
  EXPECT_THAT(served, testing::ElementsAre(0, 1, 2));
  EXPECT_TRUE(pace.allows());
}

} // namespace
} // namespace salond
