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
    // Nothing is left to be written for the authors: what waits from now on is zoë's.
    EXPECT_TRUE(eventually([&] { return look_up("SELECT count(*) FROM clients WHERE status = 'connected'") == "0"; }));
    return expected;
  }

  client slow_client(const std::string& name) {
    client result = connect({"127.0.0.1", small_buffer});
    result.say(name + ":secret");
    return result;
  }

  /// Logins of zoë that have been told the first piece; what is read next for them waits in the store.
  std::vector<client> held_logins(size_t count) {
    std::vector<client> result;
    guard->hold(access::writes);
    for (size_t i = 0; i < count; ++i)
      result.push_back(begin_login("zoë"));
    EXPECT_TRUE(eventually([&] { return writes_waiting() == count; }));
    guard->hold(access::reads);
    guard->release(access::writes);
    EXPECT_TRUE(eventually([&] { return guard->held(access::reads) == 1; }));
    return result;
  }

  /// What `who` said before is answered.
  static void settled(client& who) {
    who.say("MSG (Nulle part):x");
    EXPECT_EQ(who.line(), "ERREUR: le salon Nulle part n'existe pas");
  }

  size_t delivered() { return std::stoul(look_up("SELECT count(delivered_ms) FROM private_messages")); }

  static constexpr int authors = 8;
  static constexpr size_t first_piece = 8; ///< of long texts: as many as 64 KiB hold
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

TEST_F(HandingOut, OnlyAPieceIsReadFromTheStoreAtOnce) {
  start();
  const auto expected = fill_mailbox();
  auto paul = log_in("paul");
  auto zoe = std::move(held_logins(1).front());

  welcomed(zoe);
  for (size_t at = 0; at < first_piece; ++at)
    ASSERT_EQ(zoe.line(), expected[at]);
  EXPECT_TRUE(eventually([&] { return delivered() == first_piece; }));
  paul.say("MSG (Général):pour tous"); // what is said in a salon meanwhile is told at once
  EXPECT_EQ(zoe.line(), "paul dans le salon Général: pour tous");

  guard->release(access::reads);
  for (size_t at = first_piece; at < expected.size(); ++at)
    ASSERT_EQ(zoe.line(), expected[at]);
}

TEST_F(HandingOut, WhatOthersSayMeanwhileStillHasItsBound) {
  start();
  fill_mailbox();
  auto zoe = slow_client("zoë");
  auto paul = log_in("paul");
  ASSERT_TRUE(eventually([&] { return connections_of(zoe_id).size() == 1; }));
  const auto hearers = [this] {
    return on_io_thread([](audience& clients) { return clients.salons.find("Général")->subscribers.size(); });
  };
  ASSERT_TRUE(eventually([&] { return hearers() == 2; }));

  const auto cut_off = [this, &hearers] {
    return hearers() < 2 || on_io_thread([](audience& clients) {
             const auto& all = clients.salons.find("Général")->subscribers.all();
             return std::any_of(all.begin(), all.end(), [](const subscriber* who) { return who->hung_up(); });
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
  auto paul = log_in("paul");
  auto zoe = std::move(held_logins(1).front());
  for (size_t i = 0; i < 20; ++i) {
    paul.say("PRIVATE:zoë:" + numbered(1000 + i));
    expected.push_back("paul (privé): " + numbered(1000 + i));
  }
  settled(paul);
  guard->release(access::reads);

  welcomed(zoe);
  for (const auto& line : expected)
    ASSERT_EQ(zoe.line(), line);
  paul.say("PRIVATE:zoë:live");
  EXPECT_EQ(zoe.line(), "paul (privé): live");
  EXPECT_TRUE(eventually([&] { return delivered() == expected.size() + 1; }));
}

TEST_F(HandingOut, WhoseConnectionDiesInTheMiddleIsHandedTheRestAtTheNextLogin) {
  start();
  const auto expected = fill_mailbox();
  auto zoe = std::move(held_logins(1).front());
  welcomed(zoe);
  for (size_t at = 0; at < first_piece; ++at)
    ASSERT_EQ(zoe.line(), expected[at]);
  ASSERT_TRUE(eventually([&] { return delivered() == first_piece; }));
  zoe.reset();
  ASSERT_TRUE(eventually([&] { return connections_of(zoe_id).empty(); }));
  guard->release(access::reads);

  auto again = log_in("zoë");

  for (size_t at = first_piece; at < expected.size(); ++at)
    ASSERT_EQ(again.line(), expected[at]);
}

TEST_F(HandingOut, TwoConnectionsThatLogInTogetherAreHandedAllBetweenThem) {
  start();
  const auto expected = fill_mailbox();
  auto both = held_logins(2);
  guard->release(access::reads);
  const auto read = [](client& zoe) {
    welcomed(zoe);
    std::vector<std::string> result;
    for (auto line = zoe.line(); line != "paul (privé): live" && !line.empty(); line = zoe.line())
      result.push_back(line);
    return result;
  };
  auto one = std::async(std::launch::async, [&] { return read(both.front()); });
  auto other = std::async(std::launch::async, [&] { return read(both.back()); });
  EXPECT_TRUE(eventually([&] { return delivered() == expected.size(); }));
  auto paul = log_in("paul");
  paul.say("PRIVATE:zoë:live");

  auto first = one.get(), second = other.get();
  if (first.size() < second.size())
    first.swap(second);
  EXPECT_EQ(first, expected);
  EXPECT_LT(second.size(), expected.size()) << "what the first one has not read yet";
}

TEST_F(HandingOut, APrivateMessageThatWaitsInABrokenConnectionIsNotDelivered) {
  settings.limits.frame_bytes = 0;
  settings.limits.unsent_bytes = 0;
  start();
  auto zoe = slow_client("zoë");
  welcomed(zoe);
  auto paul = log_in("paul");
  for (size_t i = 0; i < 100; ++i) { // more than the kernel takes for one who does not read
    const auto text = numbered(i, 100000);
    paul.say("MSG (Général):" + text);
    ASSERT_EQ(paul.line(), "paul dans le salon Général: " + text);
  }

  paul.say("PRIVATE:zoë:encore");
  settled(paul);
  EXPECT_EQ(delivered(), 0u);
  zoe.reset();
  ASSERT_TRUE(eventually([&] { return connections_of(zoe_id).empty(); }));

  auto again = log_in("zoë");
  EXPECT_EQ(again.line(), "paul (privé): encore");
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
    settled(paul);
  }

  size_t live = 0;
  for (size_t heard = 0; heard < expected.size();) {
    const auto line = zoe.line();
    live += line == "paul (privé): live";
    if (line != "paul (privé): live") {
      ASSERT_EQ(line, expected[heard++]);
    }
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
  const auto expected = fill_mailbox();
  auto zoe = std::move(held_logins(1).front());
  auto stopped = std::async(std::launch::async, [this] { return stop_node(); });
  EXPECT_TRUE(eventually([&] { return on_io_thread([](audience& clients) { return clients.closing; }); }));
  guard->release(access::reads);

  std::vector<std::string> heard;
  while (auto line = zoe.line_or_end())
    heard.push_back(std::move(*line));

  EXPECT_EQ(stopped.get(), 0);
  ASSERT_EQ(heard.size(), 3 + first_piece + 1); // the welcome, a piece, the last words
  EXPECT_EQ(heard[2 + first_piece], expected[first_piece - 1]);
  EXPECT_EQ(heard.back(), "Le serveur va s'arrêter. Merci de vous déconnecter.");
  EXPECT_EQ(delivered(), first_piece); // the rest waits for the next login
}

} // namespace
} // namespace salond
