// What gathered for somebody who was away went out in one go at his login, and a history likewise; where that was more
// than limits.unsent_bytes he was told "client trop lent" and closed, at each login anew, though he read all the time.
// Right: what the server itself has to hand out comes piece by piece as the client reads, all of it, in order, each
// once. It never counts towards cutting anybody off; that is for what others say meanwhile.
#include "tests/support/node_fixture.hpp"

namespace salond {
namespace {

using namespace std::chrono_literals;
using support::eventually;

constexpr size_t long_text = 8000;
// Of the kernel, at the client: what does not fit here and in the server's own buffer waits in the server.
constexpr int small_buffer = 4096;

class HandingOut : public NodeTest {
protected:
  HandingOut() {
    zoe_id = add_user("zoë");
    paul_id = add_user("paul");
    for (int author = 0; author < authors; ++author)
      add_user("a" + std::to_string(author));
    settings.limits.unsent_bytes = 20000; // less than three of the texts
  }

  static std::string numbered(size_t number, size_t bytes = long_text) {
    auto text = std::to_string(number) + ' ';
    return text + std::string(bytes - text.size(), 'x');
  }

  /// Writes to zoë, who is away, from all authors in turn, until their mailbox is full; what she is to hear.
  std::vector<std::string> fill_mailbox() {
    std::vector<std::string> expected;
    for (int author = 0; author < authors; ++author) {
      const auto name = "a" + std::to_string(author);
      auto who = log_in(name);
      for (int i = 0; i < 30; ++i) {
        const auto text = numbered(expected.size());
        who.say("PRIVATE:zoë:" + text);
        expected.push_back(name + " (privé): " + text);
      }
      who.say("QUIT");
      EXPECT_TRUE(who.ends());
    }
    EXPECT_EQ(look_up("SELECT count(*) FROM private_messages"), std::to_string(expected.size()));
    return expected;
  }

  client slow_client(const std::string& name) {
    client result = connect({"127.0.0.1", small_buffer});
    result.say(name + ":secret");
    return result;
  }

  size_t delivered() { return std::stoul(look_up("SELECT count(delivered_ms) FROM private_messages")); }

  static constexpr int authors = 8;
  user_id zoe_id, paul_id;
};

TEST_F(HandingOut, AMailboxLargerThanTheOutputBoundComesWholeToWhoReads) {
  start();
  const auto expected = fill_mailbox();
  auto zoe = begin_login("zoë");
  zoe.say("HISTORY:Général:1"); // waits until all is told

  welcomed(zoe);
  for (const auto& line : expected)
    ASSERT_EQ(zoe.line(), line);
  EXPECT_TRUE(eventually([&] { return delivered() == expected.size(); }));
  zoe.reset();
  auto again = log_in("zoë");
  auto paul = log_in("paul");
  paul.say("PRIVATE:zoë:nothing twice");
  EXPECT_EQ(again.line(), "paul (privé): nothing twice");
}

TEST_F(HandingOut, WhoDoesNotReadIsHandedNoMoreAndKeepsHisPlace) {
  start();
  const auto expected = fill_mailbox();
  auto zoe = slow_client("zoë");
  auto paul = log_in("paul");
  ASSERT_TRUE(eventually([&] { return connections_of(zoe_id).size() == 1; }));

  for (int i = 0; i < 50; ++i) { // others go on, and it had its turns
    paul.say("MSG (Blabla):x");
    EXPECT_EQ(paul.line(), "ERREUR: vous n'êtes pas membre du salon Blabla");
  }
  EXPECT_LT(delivered(), expected.size());
  paul.say("MSG (Général):pour tous");
  EXPECT_EQ(paul.line(), "paul dans le salon Général: pour tous");

  welcomed(zoe);
  size_t heard = 0, from_salon = 0;
  while (heard < expected.size()) {
    const auto line = zoe.line();
    from_salon += line == "paul dans le salon Général: pour tous";
    if (line != "paul dans le salon Général: pour tous")
      ASSERT_EQ(line, expected[heard++]);
  }
  EXPECT_EQ(from_salon, 1u); // what is said in a salon meanwhile is told at once
}

TEST_F(HandingOut, WhatOthersSayMeanwhileStillHasItsBound) {
  start();
  fill_mailbox();
  auto zoe = slow_client("zoë");
  auto paul = log_in("paul");
  ASSERT_TRUE(eventually([&] { return connections_of(zoe_id).size() == 1; }));
  const auto hearers = [this] {
    return on_io_thread([](audience& house) { return house.find("Général")->hearers.size(); });
  };
  ASSERT_TRUE(eventually([&] { return hearers() == 2; }));

  const auto cut_off = [this, &hearers] {
    return hearers() < 2 || on_io_thread([](audience& house) {
             const auto& all = house.find("Général")->hearers;
             return std::any_of(all.begin(), all.end(), [](const hearer* who) { return who->hung_up; });
           });
  };
  for (int i = 0; i < 1000 && !cut_off(); ++i) {
    paul.say("MSG (Général):" + numbered(1));
    paul.line();
  }

  EXPECT_TRUE(cut_off());
}

TEST_F(HandingOut, WhatIsWrittenMeanwhileComesBehindItInOrder) {
  start();
  auto expected = fill_mailbox();
  auto zoe = slow_client("zoë");
  auto paul = log_in("paul");
  ASSERT_TRUE(eventually([&] {
    return on_io_thread([this](audience& house) {
      const auto& all = house.find("Général")->hearers;
      return std::any_of(all.begin(), all.end(), [this](const hearer* who) { return who->account == zoe_id; });
    });
  }));
  for (int i = 0; i < 20; ++i) {
    paul.say("PRIVATE:zoë:" + numbered(1000 + static_cast<size_t>(i)));
    expected.push_back("paul (privé): " + numbered(1000 + static_cast<size_t>(i)));
  }
  paul.say("HISTORY:Blabla:1"); // all of them are stored
  paul.line();

  welcomed(zoe);
  for (const auto& line : expected)
    ASSERT_EQ(zoe.line(), line);
  paul.say("PRIVATE:zoë:live");
  EXPECT_EQ(zoe.line(), "paul (privé): live");
  EXPECT_TRUE(eventually([&] { return delivered() == expected.size() + 1; }));
}

TEST_F(HandingOut, WhoseConnectionDiesInTheMiddleMissesNothing) {
  start();
  const auto expected = fill_mailbox();
  size_t heard = 0;
  {
    auto zoe = slow_client("zoë");
    welcomed(zoe);
    for (; heard < 50; ++heard)
      ASSERT_EQ(zoe.line(), expected[heard]);
    zoe.reset(); // with texts of the server unread: what waited in it is lost with the connection
  }
  ASSERT_TRUE(eventually([&] { return connections_of(zoe_id).empty(); }));

  auto again = log_in("zoë");
  const auto first = again.line();
  auto at = static_cast<size_t>(std::find(expected.begin(), expected.end(), first) - expected.begin());
  // What was written to the first connection, and not read there, is as good as delivered: the kernel had it.
  EXPECT_LE(at, delivered());
  ASSERT_LT(at, expected.size());
  for (++at; at < expected.size(); ++at)
    ASSERT_EQ(again.line(), expected[at]);
}

TEST_F(HandingOut, TwoConnectionsThatLogInTogetherAreHandedAllEach) {
  start();
  const auto expected = fill_mailbox();
  auto slow = slow_client("zoë");
  welcomed(slow);
  ASSERT_EQ(slow.line(), expected[0]);
  auto fast = begin_login("zoë");
  welcomed(fast);

  std::string line = fast.line();
  auto at = static_cast<size_t>(std::find(expected.begin(), expected.end(), line) - expected.begin());
  for (++at; at < expected.size(); ++at) // all that was not yet written to the first when it came
    ASSERT_EQ(fast.line(), expected[at]);
  ASSERT_TRUE(eventually([&] { return delivered() == expected.size(); }));
  for (at = 1; at < expected.size(); ++at)
    ASSERT_EQ(slow.line(), expected[at]);
}

TEST_F(HandingOut, AHistoryLargerThanTheOutputBoundComesWhole) {
  settings.limits.frame_bytes = 0;
  start();
  auto paul = log_in("paul");
  std::vector<std::string> expected;
  for (size_t i = 0; i < 60; ++i) {
    const auto text = numbered(i, i == 30 ? 300000 : 60000); // one is more than a piece
    paul.say("MSG (Général):" + text);
    expected.push_back("paul dans le salon Général: " + text);
    ASSERT_EQ(paul.line(), expected.back());
  }

  auto zoe = slow_client("zoë");
  welcomed(zoe);
  zoe.say("HISTORY:Général:200");
  zoe.say("HISTORY:Blabla:1"); // is answered behind it
  for (int i = 0; i < 3; ++i) {
    paul.say("PRIVATE:zoë:live"); // is told at once, somewhere between
    paul.say("HISTORY:Blabla:1");
    ASSERT_EQ(paul.line(), "ERREUR: vous n'êtes pas membre du salon Blabla");
  }

  size_t live = 0;
  for (size_t heard = 0; heard < expected.size();) {
    const auto line = zoe.line();
    live += line == "paul (privé): live";
    if (line != "paul (privé): live")
      ASSERT_EQ(line, expected[heard++]);
  }
  EXPECT_EQ(live, 3u);
  EXPECT_EQ(zoe.line(), "ERREUR: vous n'êtes pas membre du salon Blabla");
}

TEST_F(HandingOut, AnswersThatNobodyReadsHoldTheNextCommandAndCutNobodyOff) {
  start();
  auto zoe = slow_client("zoë");
  welcomed(zoe);
  std::string asked;
  for (int i = 0; i < 1000; ++i)
    asked += "HELP\n";
  zoe.push(asked, support::deadline);
  zoe.say("HISTORY:Blabla:1");

  std::string line;
  size_t lines = 0;
  while ((line = zoe.line()) != "ERREUR: vous n'êtes pas membre du salon Blabla") {
    ASSERT_NE(line, "ERREUR: client trop lent");
    ++lines;
  }
  EXPECT_EQ(lines % 1000, 0u);
}

TEST_F(HandingOut, AStopTellsItsLastWordsBehindWhatWasHandedOut) {
  start();
  fill_mailbox();
  auto zoe = slow_client("zoë");
  welcomed(zoe);
  auto stopped = std::async(std::launch::async, [this] { return stop_node(); });

  std::string last;
  while (const auto line = zoe.line_or_end())
    last = *line;

  EXPECT_EQ(last, "Le serveur va s'arrêter. Merci de vous déconnecter.");
  EXPECT_EQ(stopped.get(), 0);
  EXPECT_LT(delivered(), 240u); // the rest waits for the next login
}

} // namespace
} // namespace salond
