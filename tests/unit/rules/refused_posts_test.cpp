#include "actors/rules/refused_posts.hpp"
#include <gtest/gtest.h>

namespace salond::rules {
namespace {

using namespace std::chrono_literals;

TEST(RefusedPosts, AreCountedUntilNoneWasRefusedForMinutes) {
  constexpr instant noon{1h};
  refused_posts refused;
  EXPECT_EQ(refused.count(noon), 0u);

  refused.add(noon);
  refused.add(noon + 4min);
  EXPECT_EQ(refused.count(noon + 4min), 2u);
  EXPECT_EQ(refused.count(noon + 9min - 1s), 2u);
  EXPECT_EQ(refused.count(noon + 9min), 0u);

  refused.add(noon + 20min);
  EXPECT_EQ(refused.count(noon + 20min), 1u);
}

} // namespace
} // namespace salond::rules
