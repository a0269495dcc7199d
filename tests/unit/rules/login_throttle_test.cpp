#include "actors/rules/login_throttle.hpp"
#include <gmock/gmock.h>

namespace {

using namespace salond;
using namespace std::chrono_literals;
using rules::login_throttle;
using result = login_throttle::result;
using verdict = login_throttle::verdict;
using testing::ElementsAre;
using testing::IsEmpty;

/// The account of that name: another name, another account.
user_id account_of(const std::string& name) {
  return user_id{name.empty() ? 0 : static_cast<int64_t>(std::hash<std::string>{}(name) >> 2) + 1};
}

class LoginThrottle : public testing::Test {
protected:
  static constexpr uint32_t a_minute = 60;

  login_throttle::attempt from(const std::string& address, const std::string& account) {
    login_throttle::attempt result;
    result.by = connection_id{++last_};
    result.address = address;
    result.account = account;
    result.who = account_of(account);
    return result;
  }
  verdict begin(login_throttle::attempt& attempt) { return throttle.begin(attempt, a_minute, now); }
  std::vector<connection_id> over(login_throttle::attempt& attempt, result ended, size_t guesses = 1) {
    return throttle.over(attempt, ended, guesses, a_minute, now);
  }
  /// One attempt from begin to end; whether it was tried.
  bool tried(const std::string& address, const std::string& account, result ended, size_t guesses = 1) {
    auto one = from(address, account);
    if (begin(one) != verdict::go)
      return false;
    over(one, ended, guesses);
    return true;
  }
  size_t wrong_until_refused(const std::string& address, const std::string& account) {
    for (size_t n = 0;; ++n)
      if (!tried(address, account, result::wrong))
        return n;
  }

  /// From now on the address is none that seldom fails.
  void fail_often(const std::string& address) {
    for (int n = 0; n < login_throttle::seldom_an_hour; ++n)
      ASSERT_TRUE(tried(address, "somebody " + std::to_string(++last_), result::wrong));
  }

  login_throttle throttle;
  instant now{1h};
  int64_t last_ = 0;
};

TEST_F(LoginThrottle, GivesAnAddressSoManyWrongPasswordsAMinuteForWhateverAccounts) {
  size_t n = 0;
  while (tried("192.0.2.1", "user " + std::to_string(n), result::wrong))
    ++n;

  EXPECT_EQ(n, 60u);
  EXPECT_TRUE(tried("192.0.2.2", "zoe", result::wrong)) << "another address";
  now += 1s;
  EXPECT_TRUE(tried("192.0.2.1", "zoe", result::wrong));
  EXPECT_FALSE(tried("192.0.2.1", "zoe", result::wrong));
  now += 1min;
  EXPECT_TRUE(tried("192.0.2.1", "paul", result::wrong));
}

TEST_F(LoginThrottle, GivesAnAccountTenAMinuteFromAllStrangeAddressesThatFailOftenTogether) {
  for (int n = 0; n < 20; ++n)
    fail_often("192.0.2." + std::to_string(n));
  size_t n = 0;
  while (tried("192.0.2." + std::to_string(n), "zoe", result::wrong))
    ++n;

  EXPECT_EQ(n, 10u);
  EXPECT_TRUE(tried("192.0.2.1", "paul", result::wrong)) << "another account";
  now += 6s;
  EXPECT_TRUE(tried("192.0.2.1", "zoe", result::wrong));
  EXPECT_FALSE(tried("192.0.2.1", "zoe", result::wrong));
}

TEST_F(LoginThrottle, HearsAnAddressThatSeldomFailsWhoeverAttacksTheAccount) {
  for (int n = 0; n < 50; ++n)
    wrong_until_refused("192.0.2." + std::to_string(n), "zoe");

  for (int n = 0; n < 38; ++n)
    EXPECT_TRUE(tried("198.51.100." + std::to_string(n), "zoe", result::right)) << n;
  for (int n = 0; n < 3; ++n) // who mistypes
    EXPECT_TRUE(tried("203.0.113.1", "zoe", result::wrong)) << n;
  EXPECT_TRUE(tried("203.0.113.1", "zoe", result::right));
}

TEST_F(LoginThrottle, StrangersWithManyAddressesAreHeardFourTimesAnHourFromEach) {
  wrong_until_refused("192.0.2.200", "zoe");
  for (int n = 0; n < 50; ++n)
    EXPECT_EQ(wrong_until_refused("192.0.2." + std::to_string(n), "zoe"), 4u) << n;

  now += 61s; // ten of the account, and nearly nothing of the addresses
  size_t heard = 0;
  for (int n = 0; n < 50; ++n)
    heard += wrong_until_refused("192.0.2." + std::to_string(n), "zoe");
  EXPECT_EQ(heard, 10u);
  now += 2h;
  heard = 0;
  for (int n = 0; n < 50; ++n)
    heard += wrong_until_refused("192.0.2." + std::to_string(n), "zoe");
  EXPECT_EQ(heard, 10u + 4 * 49) << "the first one uses the account's allowance";
}

TEST_F(LoginThrottle, NobodyComesBackToSeldomFailuresByAPasswordThatIsRight) {
  fail_often("192.0.2.1");
  wrong_until_refused("192.0.2.2", "zoe");

  for (int n = 0; n < 20; ++n) {
    ASSERT_TRUE(tried("192.0.2.1", "his own", result::right));
    ASSERT_FALSE(tried("192.0.2.1", "zoe", result::wrong));
  }
}

TEST_F(LoginThrottle, SaysWhoseHashIsMoreUrgent) {
  auto one = from("192.0.2.1", "zoe");
  begin(one);
  EXPECT_EQ(one.rank, rules::urgency::seldom);
  over(one, result::right);
  begin(one);
  EXPECT_EQ(one.rank, rules::urgency::known);
  over(one, result::right);
  fail_often("192.0.2.1");
  auto other = from("192.0.2.1", "paul");
  begin(other);
  EXPECT_EQ(other.rank, rules::urgency::other);
  auto same = from("192.0.2.1", "zoe");
  begin(same);
  EXPECT_EQ(same.rank, rules::urgency::known);
  auto no_token = from("192.0.2.3", "");
  begin(no_token);
  EXPECT_EQ(no_token.rank, rules::urgency::other);
}

TEST_F(LoginThrottle, KnowsWhatIsStored) {
  throttle.remember(account_of("zoe"), "zoe", "198.51.100.7", 20000, now - 24h * 29);
  throttle.remember(account_of("paul"), "paul", "198.51.100.7", 20000, now - login_throttle::known_for);
  auto zoe = from("198.51.100.7", "zoe"), paul = from("198.51.100.7", "paul");
  begin(zoe);
  begin(paul);

  EXPECT_EQ(zoe.rank, rules::urgency::known);
  EXPECT_EQ(paul.rank, rules::urgency::seldom) << "30 days are over";
}

TEST_F(LoginThrottle, IsStoredOnceADayAndAddress) {
  const auto to_be_stored = [&](const char* address, int64_t day) {
    return throttle.is_to_be_stored(account_of("zoe"), address, day, now);
  };
  EXPECT_FALSE(to_be_stored("192.0.2.1", 1)) << "where nobody proved anything";
  tried("192.0.2.1", "zoe", result::wrong);
  EXPECT_FALSE(to_be_stored("192.0.2.1", 1));
  tried("192.0.2.1", "zoe", result::right);
  EXPECT_TRUE(to_be_stored("192.0.2.1", 1));

  throttle.is_stored(account_of("zoe"), "192.0.2.1", 1, now);

  tried("192.0.2.1", "zoe", result::right);
  EXPECT_FALSE(to_be_stored("192.0.2.1", 1));
  EXPECT_TRUE(to_be_stored("192.0.2.1", 2)) << "another day";
  tried("192.0.2.2", "zoe", result::right);
  EXPECT_TRUE(to_be_stored("192.0.2.2", 1)) << "another address";
  throttle.remember(account_of("zoe"), "zoe", "192.0.2.3", 2, now);
  EXPECT_FALSE(to_be_stored("192.0.2.3", 2)) << "it comes from there";
}

TEST_F(LoginThrottle, KnowsARenamedOwnerUnderTheNewNameAlone) {
  tried("198.51.100.7", "zoe", result::right);

  throttle.renamed(account_of("zoe"), "hiver");
  throttle.renamed(account_of("paul"), "nobody knows");
  auto old_name = from("198.51.100.7", "zoe"), new_name = from("198.51.100.7", "hiver");
  begin(old_name);
  begin(new_name);

  EXPECT_EQ(old_name.rank, rules::urgency::seldom);
  EXPECT_EQ(new_name.rank, rules::urgency::known);
  EXPECT_EQ(throttle.known_accounts(), 1u);
}

TEST_F(LoginThrottle, ForgetsWhoIsGoneAndKnowsNothingOfWhoTakesTheName) {
  tried("198.51.100.7", "zoe", result::right);
  throttle.is_stored(account_of("zoe"), "198.51.100.7", 1, now);

  throttle.forget(account_of("zoe"));
  auto newcomer = from("198.51.100.7", "zoe");
  newcomer.who = user_id{4711};
  ASSERT_EQ(begin(newcomer), verdict::go);
  EXPECT_EQ(newcomer.rank, rules::urgency::seldom);
  over(newcomer, result::right);

  EXPECT_TRUE(throttle.is_to_be_stored(user_id{4711}, "198.51.100.7", 1, now));
  EXPECT_FALSE(throttle.is_to_be_stored(account_of("zoe"), "198.51.100.7", 1, now));
}

TEST_F(LoginThrottle, TakesANameForWhoseItProvedToBeLast) {
  tried("198.51.100.7", "zoe", result::right);
  throttle.proved(user_id{4711}, "zoe", "192.0.2.1", now); // it was not told that the name is another's now

  auto here = from("192.0.2.1", "zoe"), there = from("198.51.100.7", "zoe");
  begin(here);
  begin(there);
  EXPECT_EQ(here.rank, rules::urgency::known);
  EXPECT_EQ(there.rank, rules::urgency::seldom);

  throttle.forget(account_of("zoe"));
  auto still = from("192.0.2.1", "zoe");
  begin(still);
  EXPECT_EQ(still.rank, rules::urgency::known) << "the name is not his any more";
}

TEST_F(LoginThrottle, LetsTheOwnerInFromWhereHeWasWhoeverAttacksTheAccount) {
  ASSERT_TRUE(tried("198.51.100.7", "zoe", result::right));
  wrong_until_refused("192.0.2.1", "zoe");
  for (int n = 0; n < 100; ++n)
    wrong_until_refused("203.0.113." + std::to_string(n), "zoe");

  for (int n = 0; n < 100; ++n)
    EXPECT_TRUE(tried("198.51.100.7", "zoe", result::right)) << n;
}

TEST_F(LoginThrottle, LetsTheOwnerInThoughOthersAtHisAddressUsedItUp) {
  ASSERT_TRUE(tried("198.51.100.7", "zoe", result::right));
  for (int n = 0; n < 100; ++n)
    tried("198.51.100.7", "user " + std::to_string(n), result::wrong);

  EXPECT_FALSE(tried("198.51.100.7", "paul", result::right));
  EXPECT_TRUE(tried("198.51.100.7", "zoe", result::right));
}

TEST_F(LoginThrottle, LimitsGuessesFromAKnownAddressToo) {
  ASSERT_TRUE(tried("198.51.100.7", "zoe", result::right));

  EXPECT_EQ(wrong_until_refused("198.51.100.7", "zoe"), 10u);
  EXPECT_TRUE(tried("192.0.2.1", "zoe", result::wrong)) << "strangers have an allowance of their own";
}

TEST_F(LoginThrottle, HearsALoginAtAKnownAddressWhereStrangersUsedItUp) {
  ASSERT_TRUE(tried("198.51.100.7", "zoe", result::right));
  wrong_until_refused("198.51.100.7", "zoe");
  for (int n = 0; n < 100; ++n) {
    auto one = from("198.51.100.7", "zoe");
    one.login = true;
    ASSERT_EQ(begin(one), verdict::go);
    EXPECT_EQ(one.rank, rules::urgency::contested);
    over(one, n < 99 ? result::wrong : result::right);
  }
  EXPECT_FALSE(tried("198.51.100.7", "zoe", result::right)) << "who is logged in is heard as before";
  now += 6s;
  EXPECT_TRUE(tried("198.51.100.7", "zoe", result::right)) << "what is heard so uses nothing up";
}

TEST_F(LoginThrottle, GivesAllAccountsThatAreKnownAtAnAddressItsAllowanceBesideTheirFirstFour) {
  for (int n = 0; n < 101; ++n)
    throttle.remember(account_of("own " + std::to_string(n)), "own " + std::to_string(n), "192.0.2.1", 1, now);
  size_t heard = 0;
  for (int n = 0; n < 100; ++n)
    heard += wrong_until_refused("192.0.2.1", "own " + std::to_string(n));
  EXPECT_EQ(heard, 6 * 10u + 94 * 4) << "six have ten, of which the address has all; then each has four";
  now += 1min;
  heard = 0;
  for (int n = 0; n < 100; ++n)
    heard += wrong_until_refused("192.0.2.1", "own " + std::to_string(n));
  EXPECT_LE(heard, 60u) << "and in a minute what the address has";

  auto neighbour = from("192.0.2.1", "own 100");
  ASSERT_EQ(begin(neighbour), verdict::go) << "who seldom fails is heard";
  EXPECT_EQ(neighbour.rank, rules::urgency::seldom);
  over(neighbour, result::right);
  auto elsewhere = from("192.0.2.2", "own 100");
  begin(elsewhere);
  over(elsewhere, result::right);
  begin(elsewhere);
  EXPECT_EQ(elsewhere.rank, rules::urgency::known);
}

TEST_F(LoginThrottle, HearsOneOfAKnownAccountAtATimeWhereOthersUsedTheAddressUp) {
  for (int n = 0; n < 20; ++n)
    throttle.remember(account_of("own " + std::to_string(n)), "own " + std::to_string(n), "192.0.2.1", 1, now);
  for (int n = 0; n < 19; ++n)
    wrong_until_refused("192.0.2.1", "own " + std::to_string(n));
  auto first = from("192.0.2.1", "own 19"), second = from("192.0.2.1", "own 19");
  first.login = second.login = true;

  ASSERT_EQ(begin(first), verdict::go);
  EXPECT_EQ(first.rank, rules::urgency::seldom);
  ASSERT_EQ(begin(second), verdict::waits);
  EXPECT_THAT(over(first, result::right), ElementsAre(second.by));
  ASSERT_EQ(begin(second), verdict::go);
  EXPECT_EQ(second.rank, rules::urgency::seldom);
}

TEST_F(LoginThrottle, ForgetsAnAddressWhereTheOwnerWasNotFor30Days) {
  ASSERT_TRUE(tried("198.51.100.7", "zoe", result::right));
  now += login_throttle::known_for;
  fail_often("198.51.100.7");
  wrong_until_refused("192.0.2.1", "zoe");

  EXPECT_FALSE(tried("198.51.100.7", "zoe", result::right));
}

TEST_F(LoginThrottle, RightPasswordsUseNothingUp) {
  for (int n = 0; n < 1000; ++n)
    ASSERT_TRUE(tried("192.0.2.1", "user " + std::to_string(n), result::right));
}

TEST_F(LoginThrottle, WhatCameToNoTrialUsesNothingUp) {
  for (int n = 0; n < 1000; ++n)
    ASSERT_TRUE(tried("192.0.2.1", "zoe", result::not_tried));
}

TEST_F(LoginThrottle, WhatNobodyWaitedForUsesItUp) {
  size_t n = 0;
  while (tried("192.0.2.1", "zoe", result::unknown))
    ++n;

  EXPECT_EQ(n, 10u);
}

TEST_F(LoginThrottle, SeveralGuessesAtOnceCountEach) {
  EXPECT_TRUE(tried("192.0.2.1", "zoe", result::wrong, 8));
  EXPECT_TRUE(tried("192.0.2.1", "zoe", result::wrong, 8));

  EXPECT_FALSE(tried("192.0.2.1", "zoe", result::wrong));
  now += 36s; // six for the debt
  EXPECT_FALSE(tried("192.0.2.1", "zoe", result::wrong));
  now += 6s;
  EXPECT_TRUE(tried("192.0.2.1", "zoe", result::wrong));
}

TEST_F(LoginThrottle, HasThoseWhoComeAtOnceWaitUntilTheFirstAreJudged) {
  std::vector<login_throttle::attempt> crowd;
  for (int n = 0; n < 1000; ++n)
    crowd.push_back(from("192.0.2.1", "user " + std::to_string(n)));
  size_t in_trial = 0;
  for (auto& each : crowd)
    in_trial += begin(each) == verdict::go ? 1 : 0;
  EXPECT_EQ(in_trial, 60u);

  for (size_t n = 0; n < crowd.size(); ++n) { // all are right: each that is judged lets the next one in
    const auto next = over(crowd[n], result::right);
    if (n + 60 < crowd.size()) {
      ASSERT_THAT(next, ElementsAre(crowd[n + 60].by));
      ASSERT_EQ(begin(crowd[n + 60]), verdict::go);
    }
  }
}

TEST_F(LoginThrottle, RefusesThoseWhoWaitedWhenTheFirstWereAllWrong) {
  std::vector<login_throttle::attempt> crowd;
  for (int n = 0; n < 100; ++n)
    crowd.push_back(from("192.0.2.1", "user " + std::to_string(n)));
  for (auto& each : crowd)
    begin(each);

  std::vector<connection_id> next;
  for (size_t n = 0; n < 60; ++n) {
    EXPECT_THAT(next, IsEmpty());
    next = over(crowd[n], result::wrong);
  }

  ASSERT_EQ(next.size(), 40u);
  for (size_t n = 60; n < 100; ++n) {
    EXPECT_EQ(next[n - 60], crowd[n].by);
    EXPECT_EQ(begin(crowd[n]), verdict::refused);
  }
}

TEST_F(LoginThrottle, ForgetsWhoWaitedAndWent) {
  std::vector<login_throttle::attempt> crowd;
  for (int n = 0; n < 16; ++n)
    crowd.push_back(from("192.0.2.1", "zoe"));
  for (auto& each : crowd)
    begin(each); // ten of the account, four of the address

  over(crowd[14], result::unknown); // it waited

  EXPECT_THAT(over(crowd[10], result::right), ElementsAre(crowd[15].by));
}

TEST_F(LoginThrottle, HandsTheTurnOfWhoWasCalledAndWentToTheNext) {
  std::vector<login_throttle::attempt> crowd;
  for (int n = 0; n < 16; ++n)
    crowd.push_back(from("192.0.2.1", "zoe"));
  for (auto& each : crowd)
    begin(each);
  ASSERT_THAT(over(crowd[10], result::right), ElementsAre(crowd[14].by));

  EXPECT_THAT(over(crowd[14], result::unknown), ElementsAre(crowd[15].by));
}

TEST_F(LoginThrottle, CountsNoAddressWhereThereIsNoneOrNoLimit) {
  for (int n = 0; n < 1000; ++n)
    ASSERT_TRUE(tried("", "user " + std::to_string(n), result::wrong));
  for (int n = 0; n < 1000; ++n) {
    auto one = from("192.0.2.1", "user " + std::to_string(n));
    ASSERT_EQ(throttle.begin(one, 0, now), verdict::go);
    throttle.over(one, result::wrong, 1, 0, now);
  }

  EXPECT_EQ(throttle.addresses(), 0u);
}

TEST_F(LoginThrottle, RemembersWhoATokenProved) {
  throttle.proved(account_of("zoe"), "zoe", "198.51.100.7", now);
  wrong_until_refused("192.0.2.1", "zoe");

  EXPECT_TRUE(tried("198.51.100.7", "zoe", result::right));
}

TEST_F(LoginThrottle, GrowsNoFurtherThanItsBounds) {
  for (size_t n = 0; n < 2 * login_throttle::max_known_accounts + 100; ++n)
    tried("address " + std::to_string(n), "account " + std::to_string(n), n % 2 == 0 ? result::wrong : result::right);

  EXPECT_EQ(throttle.addresses(), login_throttle::max_addresses);
  EXPECT_EQ(throttle.accounts(), login_throttle::max_accounts);
  EXPECT_EQ(throttle.known_accounts(), login_throttle::max_known_accounts);
}

TEST_F(LoginThrottle, AStrangersFloodOfNamesForgetsNeitherTheAttackedAccountNorItsOwner) {
  ASSERT_TRUE(tried("198.51.100.7", "zoe", result::right));
  wrong_until_refused("192.0.2.1", "zoe");
  wrong_until_refused("192.0.2.9", "zoe");
  for (size_t n = 0; n < 2 * login_throttle::max_accounts; ++n) {
    tried("address " + std::to_string(n / 50), "name " + std::to_string(n), result::wrong);
    EXPECT_FALSE(n % 1000 == 0 && tried("192.0.2.9", "zoe", result::wrong)) << "an attack that goes on is remembered";
  }

  EXPECT_TRUE(tried("198.51.100.7", "zoe", result::right));
}

TEST_F(LoginThrottle, OneAccountCannotFillTheMemoryOfOwnersAddresses) {
  ASSERT_TRUE(tried("198.51.100.7", "zoe", result::right));
  for (size_t n = 0; n < login_throttle::max_known_accounts + 10; ++n)
    ASSERT_TRUE(tried("address " + std::to_string(n), "stranger", result::right));
  wrong_until_refused("192.0.2.1", "zoe");
  wrong_until_refused("192.0.2.2", "stranger");
  fail_often("address 1");

  EXPECT_TRUE(tried("198.51.100.7", "zoe", result::right));
  EXPECT_FALSE(tried("address 1", "stranger", result::right)) << "only the last eight are known";
}

TEST_F(LoginThrottle, KnowsTheLastEightAddressesOfAnOwner) {
  for (size_t n = 0; n <= login_throttle::max_known_addresses; ++n, now += 1s)
    ASSERT_TRUE(tried("198.51.100." + std::to_string(n), "zoe", result::right));
  fail_often("198.51.100.0");
  fail_often("198.51.100.1");
  wrong_until_refused("192.0.2.1", "zoe");
  wrong_until_refused("192.0.2.2", "zoe");
  wrong_until_refused("192.0.2.3", "zoe");

  EXPECT_FALSE(tried("198.51.100.0", "zoe", result::right));
  EXPECT_TRUE(tried("198.51.100.1", "zoe", result::right));
}

TEST_F(LoginThrottle, TakesNamesThatDifferBehindTheLongestForOne) {
  for (int n = 0; n < 20; ++n)
    fail_often("192.0.2." + std::to_string(n));
  const std::string longest(login_throttle::max_name_bytes, 'a');
  size_t n = 0;
  while (tried("192.0.2." + std::to_string(n), longest + std::to_string(n), result::wrong))
    ++n;

  EXPECT_EQ(n, 10u) << "as of one account";
}

} // namespace
