// Only posts were counted. Empty lines, words that are no command, HELP, HISTORY and connections that come to nothing
// cost their sender nothing: 200 connections held up everybody else for seconds, and nobody was closed.
// Right: every frame, every answer and every fruitless connection costs something, in a bucket of its connection and in
// one of its address; who uses too much is slowed, then told, then closed. Who does not is never held up.
#include "actors/rules/client_budget.hpp"
#include "protocol/commands/client_commands.hpp"
#include "protocol/text/text_codec.hpp"
#include "protocol/text/wire_text.hpp"
#include <gmock/gmock.h>

namespace salond {
namespace {

using namespace std::chrono_literals;
using rules::client_budget;
using verdict = client_budget::verdict;

constexpr instant noon{1h};
const rules::budget_paces how{{500, 50}, {5000, 500}};

/// A client at an address, and the clock.
struct talker {
  explicit talker(rules::address_budgets& at, std::string from = "192.0.2.1") : shared(at), address(std::move(from)) {}

  client_budget::decision ask(double cost, bool more = true, bool fault = false, bool stranger = false) {
    return mine.ask({cost, fault, more, stranger}, shared, address, how, now);
  }
  /// Says such frames for so long, as fast as it may, and more waits. Answers how many were heard, up to a close.
  size_t flood(double cost, std::chrono::seconds lasting) {
    size_t heard = 0;
    for (const auto end = now + lasting; now < end; ++heard) {
      const auto may = ask(cost);
      if (may.what == verdict::close) {
        closed = true;
        break;
      }
      told += may.what == verdict::tell;
      now += may.wait;
    }
    return heard;
  }

  rules::address_budgets& shared;
  std::string address;
  client_budget mine;
  instant now = noon;
  size_t told = 0;
  bool closed = false;
};

class FloodCosts : public testing::Test {
protected:
  rules::address_budgets addresses;
  talker zoe{addresses};
};

TEST_F(FloodCosts, AreSlowedToldOnceAndThenClosed) {
  const auto heard = zoe.flood(1, 60s);

  EXPECT_TRUE(zoe.closed);
  EXPECT_EQ(zoe.told, 1u);
  EXPECT_GE(heard, 500u + 10 * 50 - 10);
  EXPECT_LE(heard, 500u + 11 * 50 + 10);
  EXPECT_GE(zoe.now - noon, client_budget::closed_after);
}

TEST_F(FloodCosts, OfCheapFramesToo) {
  const auto heard = zoe.flood(client_costs::nothing_said, 60s);

  EXPECT_TRUE(zoe.closed);
  EXPECT_LE(heard, (500 + 11 * 50) / client_costs::nothing_said + 20);
}

TEST_F(FloodCosts, NeverCloseWhoWaitsForHisAnswers) {
  for (int n = 0; n < 5000; ++n) {
    const auto may = zoe.ask(1, false);
    ASSERT_NE(may.what, verdict::close);
    ASSERT_NE(may.what, verdict::tell);
    zoe.now += may.wait;
  }
}

TEST_F(FloodCosts, AreForgottenAfterASecondWithoutWaiting) {
  for (int n = 0; n < 100; ++n) { // a burst a quarter of an hour
    for (int m = 0; m < 540; ++m) {
      const auto may = zoe.ask(1);
      ASSERT_NE(may.what, verdict::close);
      ASSERT_NE(may.what, verdict::tell);
      zoe.now += may.wait;
    }
    zoe.now += 15min;
  }
}

TEST_F(FloodCosts, CountForAllConnectionsOfAnAddress) {
  std::vector<talker> crowd(200, talker{addresses});
  double heard = 0;
  const auto end = noon + 5s;
  for (auto& one : crowd) // each frame is paid when it is asked for: in turns they would get the same
    heard += double(one.flood(1, 0s + std::chrono::duration_cast<std::chrono::seconds>(end - noon)));
  EXPECT_LE(heard, 5000 + 5 * 500 + 2 * 200 + 500);
  talker elsewhere{addresses, "192.0.2.2"};
  EXPECT_EQ(elsewhere.ask(1).what, verdict::go);
}

TEST_F(FloodCosts, OfAnAddressDoNotHoldUpWhatCostsNothing) {
  std::vector<talker> crowd(200, talker{addresses});
  for (auto& one : crowd)
    one.flood(1, 1s);

  ASSERT_TRUE(addresses.in_debt(zoe.address, how.address, noon));
  EXPECT_EQ(zoe.ask(0).what, verdict::go) << "a post, a login";
}

TEST_F(FloodCosts, WhoWaitsAtAnAddressHasATurnOfHisOwn) {
  std::vector<talker> crowd(20, talker{addresses});
  talker spender{addresses};
  while (!addresses.in_debt(spender.address, how.address, noon)) {
    talker next{addresses};
    next.ask(400);
  }
  std::vector<instant::duration> waits;
  for (auto& one : crowd)
    waits.push_back(one.ask(100).wait);

  EXPECT_TRUE(std::is_sorted(waits.begin(), waits.end()));
  EXPECT_GE(waits.back() - waits.front(), 19 * 200ms - 1ms) << "spaced by what each costs, and not all at once";
}

TEST_F(FloodCosts, OfThirtyFaultsCloseAndOfFiveBeforeALogin) {
  for (int n = 0; n < 30; ++n)
    ASSERT_NE(zoe.ask(client_costs::misspoken, true, true).what, verdict::close) << n;
  EXPECT_EQ(zoe.ask(client_costs::misspoken, true, true).what, verdict::close);
  talker stranger{addresses};
  for (int n = 0; n < 5; ++n)
    ASSERT_NE(stranger.ask(client_costs::misspoken, true, true, true).what, verdict::close) << n;
  EXPECT_EQ(stranger.ask(client_costs::misspoken, true, true, true).what, verdict::close);
}

TEST_F(FloodCosts, OfAPersonWhoMistypesEveryTwentySecondsAreNone) {
  for (int n = 0; n < 1000; ++n, zoe.now += 20s)
    ASSERT_EQ(zoe.ask(client_costs::misspoken, false, true).what, verdict::go);
}

TEST_F(FloodCosts, OfABotInFiftySalonsAreNone) {
  for (int salon = 0; salon < 50; ++salon) { // 500 messages of each, all asked for at once
    const auto may = zoe.ask(1);
    ASSERT_EQ(may.what, verdict::go) << salon;
    zoe.mine.charge(500 * (client_costs::told + 100 * client_costs::told_byte), addresses, zoe.address, how, zoe.now);
  }
}

TEST_F(FloodCosts, OfAnOfficeThatComesBackAtOnceAreNone) {
  std::vector<talker> office(200, talker{addresses});
  for (auto& one : office)
    for (int salon = 0; salon < 5; ++salon) {
      ASSERT_EQ(one.ask(1).what, verdict::go);
      one.mine.charge(50 * client_costs::told, addresses, one.address, how, one.now);
    }
}

TEST_F(FloodCosts, OfConnectionsThatAreGoneAreADebtOfTwoSecondsAtMost) {
  for (int n = 0; n < 100000; ++n)
    addresses.take_afterwards(zoe.address, how.address, client_costs::fruitless, noon);

  EXPECT_TRUE(addresses.in_debt(zoe.address, how.address, noon));
  EXPECT_LE(zoe.ask(1).wait, 2100ms);
}

TEST_F(FloodCosts, AreNotLookedAtWhereNoLimitIsSet) {
  const rules::budget_paces unlimited{{500, 0}, {0, 0}};
  for (int n = 0; n < 10000; ++n)
    ASSERT_EQ(zoe.mine.ask({50, true, true, true}, addresses, zoe.address, unlimited, noon).what, verdict::go);
  EXPECT_EQ(addresses.addresses(), 0u);
}

TEST_F(FloodCosts, AreRememberedOfSoManyAddresses) {
  for (size_t n = 0; n < rules::address_budgets::most_addresses + 100; ++n)
    addresses.take(std::to_string(n), how.address, 1, noon);

  EXPECT_EQ(addresses.addresses(), rules::address_budgets::most_addresses);
}

// --- the table ---

TEST(ClientCommands, CostSomethingUnlessTheyHaveARateOfTheirOwn) {
  for (const auto& one : client_commands()) {
    const auto own_rate = one.kind == command::any{command::post{}}.index()
                          || one.kind == command::any{command::log_in{}}.index()
                          || one.kind == command::any{command::resume{}}.index()
                          || one.kind == command::any{command::register_user{}}.index()
                          || one.kind == command::any{command::quit{}}.index(); // nothing comes after it
    EXPECT_EQ(one.cost == 0, own_rate) << one.name;
  }
  EXPECT_GT(cost_of(misspoken{}), 0);
  EXPECT_GT(cost_of(nothing_said{}), 0);
}

TEST(ClientCommands, OfHelpAreUnderstoodByTheirNames) {
  std::string told;
  for (const auto& one : client_commands()) {
    if (!one.help)
      continue;
    told += std::string(one.help) + "\n";
    EXPECT_EQ(std::string(one.help).rfind(one.name, 0), 0u) << one.help;
    const std::string frame = std::string(one.help).substr(0, std::string(one.help).find(" - "));
    EXPECT_FALSE(std::string(one.name).empty());
    const auto ask = one.kind == command::any{command::history{}}.index() ? std::string("HISTORY:salon:5") : frame;
    const auto said = text::session_frame(ask);
    const auto* command = std::get_if<command::any>(&said);
    ASSERT_TRUE(command) << ask;
    EXPECT_EQ(command->index(), one.kind) << ask;
    EXPECT_EQ(&about(*command), &one);
  }
  EXPECT_EQ(text::spell(event::help{}), told);
}

TEST(EmptyLines, AreEachGivenOutSoThatTheyCanBeCounted) {
  text::text_codec codec{{}};
  codec.feed(std::string(16384, '\n'), noon);
  for (int n = 0; n < 16384; ++n) {
    const auto said = codec.next(noon);
    ASSERT_TRUE(said && std::holds_alternative<nothing_said>(*said));
  }
  EXPECT_EQ(codec.next(noon), std::nullopt);
}

} // namespace
} // namespace salond
