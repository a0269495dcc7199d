#include "actors/rules/repeated_facts.hpp"
#include <gmock/gmock.h>

namespace salond::rules {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;

constexpr instant noon{1h};

class RepeatedFacts : public testing::Test {
protected:
  repeated_facts facts;
};

TEST_F(RepeatedFacts, AreToldOfAtOnceTheFirstTimeAndThenInOneLine) {
  EXPECT_TRUE(facts.add("refused", "full", "192.0.2.1", noon));
  for (int n = 0; n < 1000; ++n)
    EXPECT_FALSE(facts.add("refused", "full", "192.0.2." + std::to_string(n % 3), noon + 1s));

  EXPECT_THAT(facts.take_over(noon + 9s), IsEmpty());
  const auto over = facts.take_over(noon + 10s);
  ASSERT_THAT(over, SizeIs(1));
  EXPECT_EQ(over[0].kind, "refused");
  EXPECT_EQ(over[0].why, "full");
  EXPECT_EQ(over[0].times, 1000u);
  EXPECT_THAT(over[0].addresses, SizeIs(3));
}

TEST(RepeatedLogins, HaveALineForEachAccountAndMinute) {
  repeated_facts logins{1min};
  size_t lines = 0, told = 0;
  for (auto now = noon; now < noon + 10min; now += 100ms) {
    for (const auto* who : {"zoë", "paul"})
      lines += logins.add(who, {}, "192.0.2.1", now);
    for (const auto& many : logins.take_over(now)) {
      ++lines;
      told += many.times;
    }
  }
  EXPECT_LE(lines, 22u);
  for (const auto& many : logins.take_over(instant::max()))
    told += many.times;
  EXPECT_EQ(told + 2, 12000u) << "each is told, or counted";
}

TEST_F(RepeatedFacts, ThatGoOnHaveALineInTenSeconds) {
  size_t lines = 0;
  for (auto now = noon; now < noon + 10min; now += 100ms) {
    lines += facts.add("refused", "full", "192.0.2.1", now);
    lines += facts.take_over(now).size();
  }
  EXPECT_LE(lines, 61u);
}

TEST_F(RepeatedFacts, OfAnotherKindAreToldOfByThemselves) {
  EXPECT_TRUE(facts.add("refused", "full", "192.0.2.1", noon));
  EXPECT_TRUE(facts.add("cut off", "slow", "192.0.2.1", noon));
}

TEST_F(RepeatedFacts, AreForgottenWhenNothingFollows) {
  facts.add("refused", "full", "192.0.2.1", noon);
  EXPECT_TRUE(facts.any());

  EXPECT_THAT(facts.take_over(noon + 10s), IsEmpty());
  EXPECT_FALSE(facts.any());
  EXPECT_TRUE(facts.add("refused", "full", "192.0.2.1", noon + 20s));
}

TEST_F(RepeatedFacts, EndInTheOrderInWhichTheyBegan) {
  for (int n = 0; n < 5; ++n)
    for (int times = 0; times < 2; ++times)
      facts.add("kind " + std::to_string(n), "full", "192.0.2.1", noon + n * 1s);

  EXPECT_THAT(facts.take_over(noon + 11s), SizeIs(2));
  EXPECT_THAT(facts.take_over(noon + 14s), SizeIs(3));
  EXPECT_THAT(facts.take_over(noon + 30s), IsEmpty());
  EXPECT_FALSE(facts.any());
}

TEST_F(RepeatedFacts, KeepSixtyFourAddresses) {
  for (int n = 0; n < 1000; ++n)
    facts.add("refused", "full", std::to_string(n), noon);

  EXPECT_THAT(facts.take_over(instant::max()).at(0).addresses, SizeIs(64));
}

} // namespace
} // namespace salond::rules
