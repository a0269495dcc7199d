#include "actors/rules/failures.hpp"
#include <gtest/gtest.h>

namespace salond::rules {
namespace {

using namespace std::chrono_literals;

TEST(Failures, CountThoseOfTheLastMinute) {
  const instant start{1h};
  failures seen;

  EXPECT_EQ(seen.add(start), 1u);
  EXPECT_EQ(seen.add(start + 30s), 2u);
  EXPECT_EQ(seen.add(start + 60s), 3u); // a minute ago is still of the last minute
  EXPECT_EQ(seen.add(start + 61s), 3u);
  EXPECT_EQ(seen.add(start + 10min), 1u);
}

} // namespace
} // namespace salond::rules
