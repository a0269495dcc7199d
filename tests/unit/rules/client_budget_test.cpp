// What a client is told of what it owes; what floods cost at large stands in tests/regressions/flood_costs_test.cpp.
#include "actors/rules/client_budget.hpp"
#include <gmock/gmock.h>

namespace {

using namespace salond;
using namespace std::chrono_literals;
using rules::client_budget;
using verdict = client_budget::verdict;

class ClientBudget : public testing::Test {
protected:
  client_budget::decision ask(double cost, bool stranger = false) {
    return budget.ask({cost, false, true, stranger}, shared, "192.0.2.1", limits, now);
  }
  /// Owes a second's worth again and again, from now on; what it hears after each of them.
  std::vector<verdict> flood(bool stranger) {
    std::vector<verdict> result{ask(20, stranger).ruling};
    for (; result.back() != verdict::close; result.push_back(ask(10, stranger).ruling))
      now += 1s;
    return result;
  }

  const rules::budget_paces limits{{10, 10}, {10, 0}};
  rules::address_budgets shared;
  client_budget budget;
  instant now{1h};
};

TEST_F(ClientBudget, ClosesAfterTenSecondsOfWaiting) {
  const auto heard = flood(false);

  EXPECT_EQ(heard.size(), 11u) << "the first, and one each second";
  EXPECT_EQ(std::count(heard.begin(), heard.end(), verdict::tell), 1);
}

TEST_F(ClientBudget, TellsAStrangerNothingBeforeItCloses) {
  const auto heard = flood(true);

  EXPECT_EQ(std::count(heard.begin(), heard.end(), verdict::tell), 0) << "its first text is its answer";
}

TEST_F(ClientBudget, MakesNobodyWaitForLessThanATenthOfASecond) {
  ASSERT_EQ(ask(10).ruling, verdict::go);

  EXPECT_EQ(ask(0.1).wait, 100ms);
}

TEST_F(ClientBudget, HasAnAddressInDebtOnlyWhereItOwes) {
  const rules::pace pace{10, 10};
  shared.take_fruitless("192.0.2.1", pace, 19.5, now); // of twenty: two seconds' worth
  EXPECT_FALSE(shared.in_debt("192.0.2.1", pace, now));

  shared.take_fruitless("192.0.2.1", pace, 1, now);

  EXPECT_TRUE(shared.in_debt("192.0.2.1", pace, now));
  EXPECT_FALSE(shared.in_debt("192.0.2.2", pace, now));
}

} // namespace
