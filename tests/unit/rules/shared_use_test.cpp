// Limits that hold for all nodes together: several of each rule, which tell each other once a second.
#include "actors/rules/login_throttle.hpp"
#include "actors/rules/message_rate.hpp"
#include "actors/rules/registration_rate.hpp"
#include <gmock/gmock.h>
#include <limits>

namespace {

using namespace salond;
using namespace std::chrono_literals;
using rules::login_throttle;
using rules::message_rate;
using rules::registration_rate;
using rules::shared_limit;
using rules::shared_use;
using rules::usage;
using result = login_throttle::result;
using testing::AllOf;
using testing::Ge;
using testing::IsEmpty;
using testing::Le;
using testing::SizeIs;

constexpr auto huge = std::numeric_limits<int64_t>::max();

/// `Node` has others(count), told() and hear(usage, now).
template <class Node>
class Cluster : public testing::Test {
protected:
  void have(size_t count) {
    nodes.resize(count);
    for (auto& node : nodes)
      node.others(count - 1);
  }
  void tell_each_other() {
    for (size_t from = 0; from < nodes.size(); ++from)
      for (const auto& use : nodes[from].told())
        for (size_t to = 0; to < nodes.size(); ++to)
          if (to != from)
            nodes[to].hear(use, now);
  }
  /// How often `uses(node)` was let through on all of these in that time, at once after each tenth of a second. They
  /// tell each other each second, or never.
  template <class Uses>
  size_t in(std::chrono::seconds time, Uses uses, bool told = true) {
    size_t went = 0;
    for (auto tenths = 0; tenths < 10 * time.count(); ++tenths, now += 100ms) {
      if (told && tenths % 10 == 9)
        tell_each_other();
      for (auto& node : nodes)
        while (uses(node))
          ++went;
    }
    return went;
  }

  std::vector<Node> nodes;
  instant now{1h};
};

// --- passwords ---

struct throttle_of_a_node {
  static constexpr uint32_t a_minute = 60;

  void others(size_t count) { rule.shared().set_others(count); }
  std::vector<usage> told() { return rule.shared().take(); }
  void hear(const usage& use, instant now) {
    rule.failed_elsewhere(static_cast<shared_limit>(use.limit), use.whose, use.count, a_minute, now);
  }
  bool tries(const std::string& address, const std::string& account, result outcome, instant now) {
    login_throttle::attempt attempt;
    attempt.address = address;
    attempt.account = account;
    attempt.who = user_id{1};
    if (rule.begin(attempt, a_minute, now) != login_throttle::verdict::go)
      return false;
    rule.over(attempt, outcome, 1, a_minute, now);
    return true;
  }

  login_throttle rule;
};

class SharedLogins : public Cluster<throttle_of_a_node> {
protected:
  /// Of an address that fails often: its failures count for the account, and not for the address.
  auto wrong_of_account() {
    return [this](auto& node) { return node.tries("192.0.2." + std::to_string(++last_), "zoe", result::wrong, now); };
  }
  auto wrong_of_address() {
    return [this](auto& node) {
      return node.tries("192.0.2.1", "somebody " + std::to_string(++last_), result::wrong, now);
    };
  }

  int last_ = 0;
};

TEST_F(SharedLogins, OfAnAddressAreTriedAtMostTwiceAsManyOnThreeNodesAsOnOne) {
  have(3);
  size_t at_once = 0;
  for (auto& node : nodes)
    while (wrong_of_address()(node))
      ++at_once;

  EXPECT_THAT(at_once, AllOf(Ge(60), Le(120)));
  now += 1s;
  EXPECT_THAT(at_once + in(120s, wrong_of_address()), AllOf(Ge((60 + 120) / 2), Le(2 * (60 + 120))));
}

TEST_F(SharedLogins, OfAnAddressOnTenNodesNeitherPassMoreThanTwiceNorLessThanHalf) {
  have(10);

  EXPECT_THAT(in(60s, wrong_of_address()), AllOf(Ge(60), Le(240)));
}

TEST_F(SharedLogins, OfAnAddressPassAtOneOfTenNodesAsIfItWereAlone) {
  have(10);
  size_t went = 0;
  for (int second = 0; second < 60; ++second, now += 1s) {
    while (wrong_of_address()(nodes[3]))
      ++went;
    tell_each_other();
  }

  EXPECT_THAT(went, AllOf(Ge(100), Le(120)));
}

TEST_F(SharedLogins, OfAnAccountCountAtAllNodes) {
  have(3);
  const auto fails_often = [&](auto& node) { return node.tries("198.51.100.1", "zoe", result::wrong, now); };

  const auto went = in(60s, fails_often);

  EXPECT_THAT(went, AllOf(Ge(10), Le(2 * 20 + 2 * 4))) << "ten and ten in the minute, and four of the address";
  size_t more = 0;
  for (auto& node : nodes)
    more += node.tries("203.0.113.9", "zoe", result::right, now) ? 1 : 0;
  EXPECT_EQ(more, 3u) << "an address that seldom fails is heard";
}

TEST_F(SharedLogins, AnAddressSeldomFailsWhereItDoesSoAtNoNode) {
  have(2);
  for (int n = 0; n < 4; ++n)
    ASSERT_TRUE(nodes[0].tries("192.0.2.1", "somebody " + std::to_string(n), result::wrong, now));
  for (int n = 0; nodes[1].tries("192.0.2.77", "zoe", result::wrong, now); ++n)
    ASSERT_LT(n, 20);
  EXPECT_TRUE(nodes[1].tries("192.0.2.1", "zoe", result::not_tried, now)) << "not told yet";

  tell_each_other();

  EXPECT_FALSE(nodes[1].tries("192.0.2.1", "zoe", result::not_tried, now));
}

TEST_F(SharedLogins, WrongOnesOfAnAccountWhereItsOwnerWasCountWhereThatIsKnown) {
  have(2);
  for (auto& node : nodes)
    ASSERT_TRUE(node.tries("192.0.2.1", "zoe", result::right, now));
  while (nodes[0].tries("192.0.2.1", "zoe", result::wrong, now))
    ;

  tell_each_other();

  EXPECT_FALSE(nodes[1].tries("192.0.2.1", "zoe", result::wrong, now));
  now += 1min;
  EXPECT_TRUE(nodes[1].tries("192.0.2.1", "zoe", result::wrong, now));
}

TEST_F(SharedLogins, ThatAreRightCostNothingAnywhere) {
  have(3);
  for (int n = 0; n < 1000; ++n)
    ASSERT_TRUE(nodes[n % 3].tries("192.0.2.1", "zoe", result::right, now));

  for (auto& node : nodes)
    EXPECT_THAT(node.told(), IsEmpty());
}

TEST_F(SharedLogins, AreEachNodesOwnWhereNothingIsTold) {
  have(3);

  EXPECT_THAT(in(60s, wrong_of_address(), false), AllOf(Ge(60), Le(3 * 120)));
}

TEST_F(SharedLogins, OfAPeerThatSaysOddThingsAreInDebtForNoMoreThanAMinute) {
  have(2);
  for (const int64_t count : {huge, huge, int64_t{-5}, std::numeric_limits<int64_t>::min()})
    for (int64_t limit = -1; limit < 9; ++limit)
      for (const auto& whose : {std::string("192.0.2.1"), std::string("zoe"), std::string(), std::string(" "),
                                std::string("192.0.2.1 zoe"), std::string(100000, 'x')})
        nodes[0].hear({limit, whose, count}, now);

  EXPECT_FALSE(nodes[0].tries("192.0.2.1", "zoe", result::wrong, now));
  now += 62s;
  EXPECT_TRUE(nodes[0].tries("192.0.2.1", "paul", result::wrong, now));
  now += 6s;
  EXPECT_TRUE(nodes[0].tries("192.0.2.2", "zoe", result::wrong, now));
}

TEST_F(SharedLogins, OfManyAddressesAreToldUpToABound) {
  have(2);
  for (int n = 0; n < 5000; ++n)
    nodes[0].tries("address " + std::to_string(n), {}, result::wrong, now);

  EXPECT_THAT(nodes[0].told(), SizeIs(shared_use::max_told));
  EXPECT_THAT(nodes[0].told(), IsEmpty());
}

// --- messages ---

struct rate_of_a_node {
  static constexpr rules::pace pace{30, 10};

  void others(size_t count) { rule.set_others(count); }
  std::vector<usage> told() { return rule.take_said(pace); }
  void hear(const usage& use, instant now) {
    EXPECT_EQ(use.limit, static_cast<int64_t>(shared_limit::messages));
    rule.said_elsewhere(user_id{std::stoll(use.whose)}, use.count, pace, now);
  }
  bool says(user_id who, instant now) {
    return rule.ask(who, pace, flood, false, now).ruling == message_rate::verdict::go;
  }

  message_rate rule;
  message_rate::flood flood;
};

class SharedMessages : public Cluster<rate_of_a_node> {
protected:
  const user_id zoe{1}, paul{2};
};

TEST_F(SharedMessages, OfAUserPassAtMostTwiceAsManyOnThreeNodesAsOnOne) {
  have(3);

  EXPECT_THAT(in(60s, [&](auto& node) { return node.says(zoe, now); }), AllOf(Ge(315), Le(2 * 630)));
  EXPECT_TRUE(nodes[0].says(paul, now)) << "another user";
}

TEST_F(SharedMessages, OfWhoSaysLittleAreNotTold) {
  have(3);
  for (int n = 0; n < 3; ++n)
    ASSERT_TRUE(nodes[0].says(zoe, now));
  EXPECT_THAT(nodes[0].told(), IsEmpty()) << "a third of the rate at each of three is the rate";

  for (int n = 0; n < 4; ++n)
    ASSERT_TRUE(nodes[0].says(zoe, now));
  const auto told = nodes[0].told();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].whose, "1");
  EXPECT_EQ(told[0].count, 4);
}

TEST_F(SharedMessages, OfAPeerThatSaysOddThingsAreInDebtForABurstOfEachNode) {
  have(3);
  nodes[0].hear({6, "9", huge}, now);
  EXPECT_EQ(nodes[0].rule.users(), 0u) << "who said nothing here is nobody's memory";
  ASSERT_TRUE(nodes[0].says(zoe, now));

  for (const int64_t count : {huge, int64_t{-7}, std::numeric_limits<int64_t>::min()})
    nodes[0].hear({6, "1", count}, now);

  EXPECT_FALSE(nodes[0].says(zoe, now));
  now += 6100ms;
  EXPECT_TRUE(nodes[0].says(zoe, now));
}

TEST_F(SharedMessages, OfManyUsersAreToldUpToABoundAndEachCountsAgain) {
  have(2);
  for (int round = 0; round < 2; ++round) {
    for (int64_t n = 1; n <= 2000; ++n)
      for (int times = 0; times < 6; ++times)
        nodes[0].says(user_id{n}, now);
    EXPECT_THAT(nodes[0].told(), SizeIs(shared_use::max_told));
  }
  nodes[0].says(user_id{1999}, now);
  for (int times = 0; times < 6; ++times)
    nodes[0].says(user_id{2000}, now);
  EXPECT_THAT(nodes[0].told(), SizeIs(1));
}

// --- registrations ---

struct registrations_of_a_node {
  static constexpr registration_rate::limits limits{20, 30};

  void others(size_t count) { rule.shared().set_others(count); }
  std::vector<usage> told() { return rule.shared().take(); }
  void hear(const usage& use, instant now) { rule.made_elsewhere(use.whose, use.count, limits, now); }
  bool makes(const std::string& address, instant now) {
    return rule.take(address, limits, now) == registration_rate::verdict::go;
  }

  registration_rate rule;
};

using SharedRegistrations = Cluster<registrations_of_a_node>;

TEST_F(SharedRegistrations, PassAtMostTwiceAsManyOnThreeNodesAsOnOne) {
  have(3);

  EXPECT_THAT(in(60s, [&](auto& node) { return node.makes("192.0.2.1", now); }), AllOf(Ge(10), Le(40)));
  EXPECT_THAT(in(3600s, [&](auto& node) { return node.makes("192.0.2.1", now); }), AllOf(Ge(0), Le(40)));
}

TEST_F(SharedRegistrations, OfAllAddressesTogetherCountAtAllNodes) {
  have(2);
  for (int n = 0; n < 30; ++n)
    ASSERT_TRUE(nodes[0].makes("address " + std::to_string(n), now));

  tell_each_other();

  EXPECT_FALSE(nodes[1].makes("another", now));
}

TEST_F(SharedRegistrations, OfAllAddressesTogetherPassAtMostTwiceAsManyOnTenNodesAsOnOne) {
  have(10);
  int last = 0;
  const auto from_anywhere = [&](auto& node) { return node.makes("address " + std::to_string(++last), now); };

  EXPECT_THAT(in(60s, from_anywhere), AllOf(Ge(15), Le(60)));
  EXPECT_THAT(in(3600s, from_anywhere), AllOf(Ge(0), Le(60)));
}

TEST_F(SharedRegistrations, ThatCameToNothingAreGivenBackEverywhere) {
  have(2);
  for (int n = 0; n < 20; ++n)
    ASSERT_TRUE(nodes[0].makes("192.0.2.1", now));
  tell_each_other();
  ASSERT_FALSE(nodes[1].makes("192.0.2.1", now));

  for (int n = 0; n < 20; ++n)
    nodes[0].rule.give_back("192.0.2.1");
  tell_each_other();

  EXPECT_TRUE(nodes[1].makes("192.0.2.1", now));
}

TEST_F(SharedRegistrations, OfAPeerThatSaysOddThingsAreInDebtForNoMoreThanAnHour) {
  have(2);
  for (const int64_t count : {std::numeric_limits<int64_t>::min(), huge, huge})
    nodes[0].hear({7, "192.0.2.1", count}, now);
  nodes[0].hear({7, std::string(100000, 'x'), 1}, now);

  EXPECT_EQ(nodes[0].rule.addresses(), 1u);
  EXPECT_FALSE(nodes[0].makes("192.0.2.2", now));
  now += 66min;
  EXPECT_TRUE(nodes[0].makes("192.0.2.1", now));
}

} // namespace
