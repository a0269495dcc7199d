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
const rules::budget_paces paces{{500, 50}, {5000, 500}}; // as they are by default

/// A client at an address, and the clock.
struct talker {
  explicit talker(rules::address_budgets& at, std::string from = "192.0.2.1") : shared(at), address(std::move(from)) {}

  client_budget::decision ask(double cost, bool more = true, bool fault = false, bool stranger = false) {
    return mine.ask({cost, fault, more, stranger}, shared, address, paces, now);
  }
  /// Says such frames for so long, as fast as it may, and more waits. Answers how many were heard, up to a close.
  size_t flood(double cost, std::chrono::seconds lasting) {
    size_t heard = 0;
    for (const auto end = now + lasting; now < end;) {
      const auto may = ask(cost);
      if (may.ruling == verdict::close) {
        closed = true;
        break;
      }
      heard += may.ruling != verdict::refuse;
      told += may.ruling == verdict::tell;
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
  /// All that the address has saved up, no faster than it may. Answers when it is in debt.
  instant spend_all() {
    instant now = noon;
    for (int n = 0; n < 20; ++n, now += 200ms) { // 400 requests each, of 5,000 and 500 a second
      talker next{addresses};
      next.now = now;
      next.ask(400);
    }
    return now;
  }
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
    ASSERT_NE(may.ruling, verdict::close);
    ASSERT_NE(may.ruling, verdict::tell);
    zoe.now += may.wait;
  }
}

TEST_F(FloodCosts, AreForgottenAfterASecondWithoutWaiting) {
  for (int n = 0; n < 100; ++n) { // a burst a quarter of an hour
    for (int m = 0; m < 540; ++m) {
      const auto may = zoe.ask(1);
      ASSERT_NE(may.ruling, verdict::close);
      ASSERT_NE(may.ruling, verdict::tell);
      zoe.now += may.wait;
    }
    zoe.now += 15min;
  }
}

TEST_F(FloodCosts, CountForAllConnectionsOfAnAddress) {
  std::vector<talker> crowd(200, talker{addresses});
  double heard = 0;
  for (auto& each : crowd) // each frame is paid when it is asked for: in turns they would get the same
    heard += double(each.flood(1, 5s));
  EXPECT_LE(heard, 5000 + 5 * 500 + 2 * 200 + 500 + 50 + 5 * 500) << "the last two for who has used little himself";
  talker elsewhere{addresses, "192.0.2.2"};
  EXPECT_EQ(elsewhere.ask(1).ruling, verdict::go);
}

/// However much an address has saved up: what is done at once is what all others wait for.
TEST_F(FloodCosts, OfAnAddressAreNotDoneAllAtOnce) {
  std::vector<talker> crowd(200, talker{addresses});
  std::vector<instant::duration> waits;
  for (auto& flooder : crowd)
    waits.push_back(flooder.ask(client_costs::told * 500).wait);

  EXPECT_LE(std::count(waits.begin(), waits.end(), 0s), (100 + 50) / (client_costs::told * 500)) << "15 ms of work";
  EXPECT_TRUE(std::is_sorted(waits.begin(), waits.end()));
  EXPECT_GT(waits.back(), 500ms) << "1,200 requests, at 2,000 a second";
  EXPECT_LT(waits.back(), 600ms);
}

TEST_F(FloodCosts, OfWhatWasNotDoneAreGivenBack) {
  for (int n = 0; n < 2000; ++n, zoe.now += 5ms) { // a history of 500 of a salon where nobody has written yet
    ASSERT_EQ(zoe.ask(client_costs::told * 500).ruling, verdict::go) << n;
    zoe.mine.charge(-client_costs::told * 500, addresses, zoe.address, paces, zoe.now);
  }
}

TEST_F(FloodCosts, OfAnAddressDoNotHoldUpWhatCostsNothing) {
  zoe.now = spend_all();

  EXPECT_EQ(zoe.ask(0).ruling, verdict::go) << "a post, a login";
}

TEST_F(FloodCosts, WhoWaitsAtAnAddressHasATurnOfHisOwn) {
  const auto spent = spend_all();
  std::vector<instant::duration> waits;
  for (int n = 0; n < 10; ++n) {
    talker next{addresses};
    next.now = spent;
    waits.push_back(next.ask(100).wait);
  }

  EXPECT_TRUE(std::is_sorted(waits.begin(), waits.end()));
  EXPECT_GE(waits.back() - waits.front(), 9 * 200ms - 1ms) << "spaced by what each costs, and not all at once";
}

/// Three hundred connections of one account, each with five tries of a password, once froze everybody at their address
/// for a minute.
TEST_F(FloodCosts, OfAnAddressHoldNobodyForLongerThanFiveSeconds) {
  std::vector<talker> crowd(300, talker{addresses});
  std::vector<instant::duration> waits;
  size_t heard = 0;
  for (auto& flooder : crowd) {
    const auto may = flooder.ask(100);
    waits.push_back(may.wait);
    heard += may.ruling != verdict::refuse;
  }

  EXPECT_LE(heard, (5000u + 5 * 500) / 100) << "no more than the address has in five seconds";
  EXPECT_LE(*std::max_element(waits.begin(), waits.end()), rules::address_budgets::max_wait);
  std::sort(waits.begin(), waits.end());
  const auto [first, last] = std::equal_range(waits.begin(), waits.end(), waits.back());
  EXPECT_EQ(last - first, 1) << "not all in one moment";
}

TEST_F(FloodCosts, OfOthersAreNotWaitedForByWhoHasUsedLittle) {
  std::vector<talker> crowd(300, talker{addresses});
  for (int round = 0; round < 5; ++round)
    for (auto& flooder : crowd)
      flooder.ask(100);
  talker neighbour{addresses};

  for (int n = 0; n < 40; ++n, neighbour.now += 250ms) {
    for (auto& flooder : crowd)
      flooder.ask(100);
    ASSERT_EQ(neighbour.ask(1).ruling, verdict::go) << n;
  }
}

TEST_F(FloodCosts, OfManyWhoUseLittleHoldNobodyForLongerThanFiveSecondsEither) {
  for (int round = 0; round < 20; ++round)
    for (int n = 0; n < 300; ++n) {
      talker flooder{addresses};
      const auto may = flooder.ask(50);
      ASSERT_NE(may.ruling, verdict::refuse);
      ASSERT_LE(may.wait, rules::address_budgets::max_wait);
    }
  EXPECT_LE(zoe.ask(1).wait, rules::address_budgets::max_wait);
}

TEST_F(FloodCosts, OfThirtyFaultsCloseAndOfFiveBeforeALogin) {
  for (int n = 0; n < 30; ++n)
    ASSERT_NE(zoe.ask(client_costs::misspoken, true, true).ruling, verdict::close) << n;
  EXPECT_EQ(zoe.ask(client_costs::misspoken, true, true).ruling, verdict::close);
  talker stranger{addresses};
  for (int n = 0; n < 5; ++n)
    ASSERT_NE(stranger.ask(client_costs::misspoken, true, true, true).ruling, verdict::close) << n;
  EXPECT_EQ(stranger.ask(client_costs::misspoken, true, true, true).ruling, verdict::close);
}

TEST_F(FloodCosts, OfAPersonWhoMistypesEveryTwentySecondsAreNone) {
  for (int n = 0; n < 1000; ++n, zoe.now += 20s)
    ASSERT_EQ(zoe.ask(client_costs::misspoken, false, true).ruling, verdict::go);
}

TEST_F(FloodCosts, OfABotInFiftySalonsAreNone) {
  const utterance asked{command::any{command::history{"Bavards", 500}}};
  for (int salon = 0; salon < 50; ++salon) { // 500 messages of each, all asked for at once
    const auto may = zoe.ask(cost_of(asked) + expected_cost_of_answer(asked));
    ASSERT_NE(may.ruling, verdict::close) << salon;
    zoe.mine.charge(500 * 100 * client_costs::told_byte, addresses, zoe.address, paces, zoe.now);
    zoe.now += may.wait;
  }
  EXPECT_EQ(zoe.told, 0u);
  EXPECT_LT(zoe.now - noon, 2s) << "so that others have their turns meanwhile";
}

TEST_F(FloodCosts, OfAnOfficeThatComesBackAtOnceAreNone) {
  std::vector<talker> office(200, talker{addresses});
  instant last = noon;
  for (auto& member : office)
    for (int salon = 0; salon < 5; ++salon) {
      const auto may = member.ask(1.5 + 50 * client_costs::told);
      ASSERT_NE(may.ruling, verdict::close);
      ASSERT_NE(may.ruling, verdict::tell);
      last = std::max(last, noon + may.wait);
    }
  EXPECT_LT(last - noon, 1500ms) << "2,100 requests, of the 5,000 that an address has at once";
}

TEST_F(FloodCosts, OfConnectionsThatComeToNothingMakeWhoArrivesWaitHisTurn) {
  const auto handshake = client_costs::fruitless_tls;
  for (int n = 0; n < 60; ++n) {
    ASSERT_EQ(addresses.arrive(zoe.address, paces.address, handshake, noon), 0s) << "a thousand requests at once";
    addresses.take_fruitless(zoe.address, paces.address, handshake, noon);
  }
  for (int n = 0; n < 100; ++n)
    addresses.take_fruitless(zoe.address, paces.address, handshake, noon);
  const auto first = addresses.arrive(zoe.address, paces.address, handshake, noon + 1s);
  const auto second = addresses.arrive(zoe.address, paces.address, handshake, noon + 1s);

  ASSERT_TRUE(first && second);
  EXPECT_GT(*first, 1s);
  EXPECT_EQ(*second - *first, 30ms) << "500 requests a second";
  EXPECT_EQ(zoe.ask(1).ruling, verdict::go) << "who is logged in does not wait for it";
  EXPECT_EQ(addresses.arrive("192.0.2.2", paces.address, handshake, noon + 1s), 0s);
}

TEST_F(FloodCosts, KeepNobodyWaitingForMoreThanFiveSecondsAndNotMoreThanAThousand) {
  for (int n = 0; n < 100000; ++n)
    addresses.take_fruitless(zoe.address, paces.address, client_costs::fruitless, noon);
  for (size_t n = 0; n < rules::address_budgets::max_arrivals; ++n) {
    const auto wait = addresses.arrive(zoe.address, paces.address, client_costs::fruitless, noon);
    ASSERT_TRUE(wait) << n;
    ASSERT_GT(*wait, 4s);
    ASSERT_LE(*wait, 5s);
  }

  EXPECT_FALSE(addresses.arrive(zoe.address, paces.address, client_costs::fruitless, noon));
  addresses.arrived(zoe.address);
  EXPECT_TRUE(addresses.arrive(zoe.address, paces.address, client_costs::fruitless, noon));
}

TEST_F(FloodCosts, AreNotLookedAtWhereNoLimitIsSet) {
  const rules::budget_paces unlimited{{500, 0}, {0, 0}};
  for (int n = 0; n < 10000; ++n)
    ASSERT_EQ(zoe.mine.ask({50, true, true, true}, addresses, zoe.address, unlimited, noon).ruling, verdict::go);
  EXPECT_EQ(addresses.addresses(), 0u);
}

TEST_F(FloodCosts, AreRememberedOfSoManyAddresses) {
  for (size_t n = 0; n < rules::address_budgets::max_addresses + 100; ++n)
    addresses.take(std::to_string(n), paces.address, 1, rules::address_budgets::user::heavy, noon);

  EXPECT_EQ(addresses.addresses(), rules::address_budgets::max_addresses);
}

// --- the table ---

TEST(ClientCommands, CostSomethingUnlessTheyHaveARateOfTheirOwn) {
  for (const auto& client_command : client_commands()) {
    const auto own_rate = client_command.kind == command::any{command::post{}}.index()
                          || client_command.kind == command::any{command::log_in{}}.index()
                          || client_command.kind == command::any{command::register_user{}}.index()
                          || client_command.kind == command::any{command::register_invited{}}.index()
                          || client_command.kind == command::any{command::quit{}}.index(); // nothing comes after it
    EXPECT_EQ(client_command.cost == 0, own_rate) << client_command.name;
  }
  EXPECT_GT(cost_of(misspoken{}), 0);
  EXPECT_GT(cost_of(nothing_said{}), 0);
}

/// A change of password that can be read in eight ways has eight passwords hashed, and cost as much as one.
TEST(ClientCommands, ThatHashPasswordsCostSomethingForEach) {
  const auto cost = [](const std::string& frame) { return cost_of(text::session_frame(frame)); };
  const auto one = cost("PASSWORD:old:new");

  EXPECT_EQ(one, cost("AUTH:zoe:secret"));
  EXPECT_EQ(cost("PASSWORD:a:b:c"), 2 * one);
  EXPECT_EQ(cost("PASSWORD:a:b:c:d:e:f:g:h:i"), 8 * one);
  EXPECT_EQ(cost_of(command::any{command::change_password{}}), one);
}

TEST(ClientCommands, OfHelpAreUnderstoodByTheirNames) {
  std::string told;
  for (const auto& client_command : client_commands()) {
    if (!client_command.help)
      continue;
    told += std::string(client_command.help) + "\n";
    EXPECT_EQ(std::string(client_command.help).rfind(client_command.name, 0), 0u) << client_command.help;
    const std::string frame = std::string(client_command.help).substr(0, std::string(client_command.help).find(" - "));
    EXPECT_FALSE(std::string(client_command.name).empty());
    const auto ask =
        client_command.kind == command::any{command::history{}}.index() ? std::string("HISTORY:salon:5") : frame;
    const auto said = text::session_frame(ask);
    const auto* command = std::get_if<command::any>(&said);
    ASSERT_TRUE(command) << ask;
    EXPECT_EQ(command->index(), client_command.kind) << ask;
    EXPECT_EQ(&about(*command), &client_command);
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
