// Buckets, bounded memories, and the rates made of them.
#include "actors/rules/message_rate.hpp"
#include "actors/rules/recent_rate.hpp"
#include "actors/rules/registration_rate.hpp"
#include <gmock/gmock.h>

namespace {

using namespace salond;
using namespace std::chrono_literals;
using rules::message_rate;
using verdict = message_rate::verdict;

constexpr instant noon{1h};

TEST(Recent, ForgetsWhatWasUsedLongestAgo) {
  rules::recent<int, std::string> memory{3};
  for (const int key : {1, 2, 3})
    memory.at(key) = std::to_string(key);

  memory.at(1);
  memory.at(4) = "4";

  EXPECT_EQ(memory.size(), 3u);
  EXPECT_EQ(memory.find(2), nullptr);
  EXPECT_EQ(*memory.find(1), "1");
  EXPECT_EQ(*memory.find(3), "3");
}

TEST(Recent, ForgetsWhatItIsToldTo) {
  rules::recent<int, int> memory{3};
  for (const int key : {1, 2, 3})
    memory.at(key) = key;

  memory.forget(1);
  memory.forget(1);
  memory.forget_if([](int value) { return value == 3; });

  EXPECT_EQ(memory.size(), 1u);
  EXPECT_EQ(*memory.find(2), 2);
}

TEST(TokenBucket, GivesItsBurstAndThenItsRate) {
  rules::token_bucket bucket;
  const rules::pace pace{3, 2};

  for (int n = 0; n < 3; ++n)
    EXPECT_TRUE(bucket.take(pace, noon));
  EXPECT_FALSE(bucket.take(pace, noon));
  EXPECT_EQ(bucket.until_one(pace, noon), 500ms);
  EXPECT_TRUE(bucket.take(pace, noon + 500ms));
  EXPECT_FALSE(bucket.take(pace, noon + 999ms));
  EXPECT_EQ(bucket.level(pace, noon + 1h), 3);
}

TEST(TokenBucket, GivesNothingTwiceWhereTheTimeGoesBack) {
  rules::token_bucket bucket;
  const rules::pace pace{3, 1};
  for (int n = 0; n < 3; ++n)
    bucket.take(pace, noon);

  EXPECT_EQ(bucket.level(pace, noon - 10s), 0);
  EXPECT_EQ(bucket.level(pace, noon), 0);
}

TEST(TokenBucket, GoesOnWithAnotherPace) {
  rules::token_bucket bucket;
  bucket.take({30, 10}, noon);

  EXPECT_EQ(bucket.level({2, 10}, noon + 1s), 2);
  EXPECT_FALSE(bucket.take({2, 1}, noon) && bucket.take({2, 1}, noon) && bucket.take({2, 1}, noon));
}

// --- messages ---

class MessageRate : public testing::Test {
protected:
  message_rate::decision ask(bool more_waits = true) { return rate.ask(zoe, limit, here, more_waits, now); }
  /// Says as one who floods does, waiting where it is told to; limit many went before the first of `until`.
  size_t flood(verdict until) {
    for (size_t went = 0;;) {
      const auto one = ask();
      if (one.ruling == until)
        return went;
      went += one.ruling == verdict::go ? 1 : 0;
      now += one.wait;
    }
  }

  message_rate rate;
  message_rate::flood here;
  rules::pace limit{30, 10};
  instant now{1h};
  const user_id zoe{1}, paul{2};
};

TEST_F(MessageRate, LetsABurstThroughAtOnceAndSlowsTheRestDown) {
  for (int n = 0; n < 30; ++n)
    EXPECT_EQ(ask().ruling, verdict::go);
  const auto next = ask();

  EXPECT_EQ(next.ruling, verdict::wait);
  EXPECT_EQ(next.wait, 100ms);
  now += next.wait;
  EXPECT_EQ(ask().ruling, verdict::go);
  EXPECT_EQ(ask().ruling, verdict::wait);
}

TEST_F(MessageRate, RefusesAfterFiveSecondsAndClosesInTheEnd) {
  const auto begun = now;
  const auto went = flood(verdict::refuse);
  EXPECT_GE(now - begun, 5s);
  EXPECT_LE(now - begun, 5200ms);
  EXPECT_GE(went, 79u); // the burst, and ten a second
  EXPECT_LE(went, 82u);

  size_t refused = 1;
  while (ask().ruling == verdict::refuse)
    ++refused;
  EXPECT_EQ(refused, 30u);
  EXPECT_EQ(ask().ruling, verdict::close);
}

TEST_F(MessageRate, OnlySlowsWhoWaitsForItsAnswers) {
  for (int n = 0; n < 1000; ++n) {
    const auto one = ask(false);
    ASSERT_TRUE(one.ruling == verdict::go || one.ruling == verdict::wait);
    now += one.wait;
  }
}

TEST_F(MessageRate, CountsAFloodAnewFromWhoWaitedForItsAnswersMeanwhile) {
  const auto flood_for = [this](std::chrono::seconds time) {
    for (const auto end = now + time; now < end;) {
      const auto one = ask();
      ASSERT_TRUE(one.ruling == verdict::go || one.ruling == verdict::wait);
      now += one.wait;
    }
  };
  flood_for(4s);

  ask(false); // takes what there is
  EXPECT_EQ(ask(false).ruling, verdict::wait);

  flood_for(4s);
}

TEST_F(MessageRate, GoesOnAsUsualAfterSomeSilence) {
  flood(verdict::refuse);
  now += 2s;
  EXPECT_EQ(flood(verdict::refuse), 20u) << "not enough of it";

  now += 3s;
  EXPECT_GE(flood(verdict::refuse), 79u);
}

TEST_F(MessageRate, RefusesAFloodAlsoWhereABurstIsOne) {
  limit = {1, 10};
  const auto begun = now;
  flood(verdict::refuse);
  EXPECT_GE(now - begun, 5s);
  EXPECT_LE(now - begun, 5200ms);

  now += 1s;
  EXPECT_EQ(ask(false).ruling, verdict::go) << "after some silence";
}

TEST_F(MessageRate, HoldsForEachUserAlone) {
  flood(verdict::close);

  message_rate::flood there;
  EXPECT_EQ(rate.ask(paul, limit, there, true, now).ruling, verdict::go);
}

TEST_F(MessageRate, AFloodIsOverOnceNothingWaitsBehindWhatIsSaid) {
  for (int n = 0; n < 30; ++n)
    ask();
  EXPECT_EQ(ask().ruling, verdict::wait);
  now += 200ms;
  EXPECT_EQ(ask().ruling, verdict::go);
  EXPECT_EQ(ask(false).ruling, verdict::go) << "the last of them";

  for (int second = 0; second < 6; ++second) { // others of the user take what there is
    now += 1s;
    for (message_rate::flood there; rate.ask(zoe, limit, there, false, now).ruling == verdict::go;) {
    }
  }
  EXPECT_EQ(ask().ruling, verdict::wait) << "it begins anew";
}

// A fifth connection that waited for its answers made four that flooded immune: each of its messages began their five
// seconds anew.
TEST_F(MessageRate, AQuietConnectionOfTheUserExcusesNoneThatFloods) {
  const auto begun = now;
  for (message_rate::flood quiet; now - begun < 5s;) {
    const auto wait = ask().wait;
    EXPECT_NE(rate.ask(zoe, limit, quiet, false, now).ruling, verdict::refuse);
    now += wait;
  }
  EXPECT_LE(flood(verdict::refuse), 1u);
}

TEST(Messages, AreWhatIsStoredOrToldToOthers) {
  const std::vector<utterance> messages{command::post{"Général", "x"}, command::tell_privately{"paul", "x"},
                                        command::join{"Blabla"},       command::leave{"Blabla"},
                                        command::ban{"paul"},          command::change_password{},
                                        command::issue_token{}};
  const std::vector<utterance> others{command::who{"Général"},
                                      command::search{"Général", "x"},
                                      command::history{"Général", 5},
                                      command::help{},
                                      command::quit{},
                                      command::check_credentials{"paul", "x"},
                                      misspoken{},
                                      input_ended{}};

  for (const auto& message : messages)
    EXPECT_TRUE(rules::is_message(message));
  for (const auto& other : others)
    EXPECT_FALSE(rules::is_message(other));
}

TEST_F(MessageRate, GrowsNoFurtherThanItsBound) {
  for (size_t n = 0; n < message_rate::max_users + 100; ++n)
    rate.ask(user_id{static_cast<int64_t>(n)}, limit, here, false, now);

  EXPECT_EQ(rate.users(), message_rate::max_users);
}

// --- registrations ---

using made = rules::registration_rate::verdict;

TEST(RegistrationRate, GivesAnAddressSoManyAnHour) {
  rules::registration_rate rate;
  for (int n = 0; n < 20; ++n)
    EXPECT_EQ(rate.take("192.0.2.1", {20, 0}, noon), made::go);

  EXPECT_EQ(rate.take("192.0.2.1", {20, 0}, noon), made::refused);
  EXPECT_EQ(rate.take("192.0.2.2", {20, 0}, noon), made::go);
  rate.give_back("192.0.2.1");
  EXPECT_EQ(rate.take("192.0.2.1", {20, 0}, noon), made::go);
  EXPECT_EQ(rate.take("192.0.2.1", {20, 0}, noon + 179s), made::refused);
  EXPECT_EQ(rate.take("192.0.2.1", {20, 0}, noon + 181s), made::go);
}

TEST(RegistrationRate, GivesAllAddressesTogetherSoManyAnHour) {
  rules::registration_rate rate;
  for (int n = 0; n < 1000; ++n)
    EXPECT_EQ(rate.take("address " + std::to_string(n), {1, 1000}, noon), made::go);

  EXPECT_EQ(rate.take("another", {1, 1000}, noon), made::refused_by_all);
  EXPECT_EQ(rate.take("", {1, 1000}, noon), made::refused_by_all);
  EXPECT_EQ(rate.take("address 1", {1, 1000}, noon), made::refused);
  rate.give_back("address 1");
  EXPECT_EQ(rate.take("another", {1, 1000}, noon), made::go) << "the refusal cost it nothing";
  EXPECT_EQ(rate.take("one more", {1, 1000}, noon + 3s), made::refused_by_all);
  EXPECT_EQ(rate.take("one more", {1, 1000}, noon + 4s), made::go);
}

TEST(RegistrationRate, HasNoLimitWhereNoneIsSetOrNobodyHasAnAddress) {
  rules::registration_rate rate;
  for (int n = 0; n < 1000; ++n)
    EXPECT_TRUE(rate.take("192.0.2.1", {}, noon) == made::go && rate.take("", {20, 0}, noon) == made::go);

  EXPECT_EQ(rate.addresses(), 0u);
}

TEST(RegistrationRate, GrowsNoFurtherThanItsBound) {
  rules::registration_rate rate;
  for (size_t n = 0; n < rules::registration_rate::max_addresses + 100; ++n)
    rate.take(std::to_string(n), {20, 0}, noon);

  EXPECT_EQ(rate.addresses(), rules::registration_rate::max_addresses);
}

// --- limit often of late ---

TEST(RecentRate, IsTheMeanOfTheLastTenWholeSeconds) {
  rules::recent_rate rate;
  EXPECT_EQ(rate.a_second(noon), 0);
  for (int second = 0; second < 30; ++second)
    rate.add(second < 20 ? 100 : 5, noon + std::chrono::seconds{second});

  EXPECT_EQ(rate.a_second(noon + 30s), 5);
  EXPECT_EQ(rate.a_second(noon + 35s), 2.5) << "what is older is forgotten";
  EXPECT_EQ(rate.a_second(noon + 41s), 0);
}

TEST(RecentRate, LeavesOutTheSecondThatRuns) {
  rules::recent_rate rate;
  rate.add(1000, noon);
  EXPECT_EQ(rate.a_second(noon), 0);
  EXPECT_EQ(rate.a_second(noon + 1s), 100);
}

} // namespace
