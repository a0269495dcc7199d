#include "actors/transport/handshake_pace.hpp"
#include <gtest/gtest.h>

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

} // namespace
} // namespace salond
