#include "actors/rules/failure_bursts.hpp"
#include <gmock/gmock.h>

namespace {

using namespace salond;
using namespace std::chrono_literals;
using rules::failure_bursts;
using failure = failure_bursts::failure;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class FailureBursts : public testing::Test {
protected:
  void fail(const std::string& account, const std::string& address, int times, failure kind = failure::wrong) {
    for (int n = 0; n < times; ++n)
      bursts.add(account, address, kind, now);
  }

  failure_bursts bursts;
  instant now{1h};
};

TEST_F(FailureBursts, AreToldOfOnceWhenTheyAreOver) {
  fail("zoe", "192.0.2.1", 3);
  now += 5s;
  fail("zoe", "192.0.2.2", 4);
  fail("zoe", "192.0.2.2", 100, failure::unheard);
  EXPECT_THAT(bursts.take_ended(now + 9s), IsEmpty());

  const auto over = bursts.take_ended(now + 10s);

  ASSERT_THAT(over, SizeIs(1));
  EXPECT_EQ(over[0].account, "zoe");
  EXPECT_THAT(over[0].addresses, ElementsAre("192.0.2.1", "192.0.2.2"));
  EXPECT_EQ(over[0].wrong, 7u);
  EXPECT_EQ(over[0].unheard, 100u);
  EXPECT_EQ(over[0].last - over[0].began, 5s);
  EXPECT_FALSE(bursts.any());
}

TEST_F(FailureBursts, AreNoneBelowFive) {
  fail("zoe", "192.0.2.1", 4);
  fail("zoe", "192.0.2.1", 1000, failure::unheard);
  now += 11s;
  fail("zoe", "192.0.2.1", 4);

  EXPECT_THAT(bursts.take_ended(now), IsEmpty());
  EXPECT_THAT(bursts.take_all(), IsEmpty());
}

TEST_F(FailureBursts, OfOneAddressOnManyAccountsAreOne) {
  for (int n = 0; n < 20; ++n)
    fail("user " + std::to_string(n), "192.0.2.1", 1);

  const auto over = bursts.take_all();

  ASSERT_THAT(over, SizeIs(1));
  EXPECT_EQ(over[0].account, "");
  EXPECT_THAT(over[0].addresses, ElementsAre("192.0.2.1"));
  EXPECT_EQ(over[0].wrong, 20u);
}

TEST_F(FailureBursts, ThatDoNotEndAreToldOfEveryTenMinutes) {
  size_t told = 0;
  for (int seconds = 0; seconds < 3600; seconds += 5, now += 5s) {
    fail("zoe", "192.0.2.1", 1);
    told += bursts.take_ended(now).size();
  }

  EXPECT_EQ(told, 5u);
}

TEST_F(FailureBursts, AreNotMadeByAttemptsThatWereRefusedUnheard) {
  fail("zoe", "192.0.2.1", 1000, failure::unheard);

  EXPECT_FALSE(bursts.any());
}

TEST_F(FailureBursts, CutNamesThatAreLongerThanAnyAccounts) {
  fail(std::string(512, 'a') + "b", "", 3);
  fail(std::string(512, 'a') + "c", "", 2);

  const auto over = bursts.take_all();

  ASSERT_THAT(over, SizeIs(1)) << "what differs behind 512 bytes is one name";
  EXPECT_EQ(over[0].account, std::string(512, 'a'));
}

TEST_F(FailureBursts, GrowNoFurtherThanTheirBound) {
  for (size_t n = 0; n < failure_bursts::max_bursts + 10; ++n)
    fail("user " + std::to_string(n), "192.0.2." + std::to_string(n), n < 5 ? 5 : 1);
  EXPECT_THAT(bursts.take_ended(now), SizeIs(5)) << "the quiet ones ended, and are told of";

  fail("paul", "", 5);
  for (int n = 0; n < 100; ++n)
    fail("paul", "192.0.2." + std::to_string(n), 1);
  const auto over = bursts.take_all();
  ASSERT_THAT(over, SizeIs(1));
  EXPECT_THAT(over[0].addresses, SizeIs(failure_bursts::max_addresses));
}

} // namespace
