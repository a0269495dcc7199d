// An old desktop client ends no frames: where one ends is known by the pause behind it. While a client was slowed (it
// had written much, or somebody else at its address had) its socket was not read, so what it sent seconds apart
// gathered in the kernel and came as one frame: a private message was told to a whole salon behind the text before it,
// or the text for the salon to the target of the private message.
// Right: bytes that come 20 ms apart are two frames, whatever the server does meanwhile.
#include "tests/support/node_fixture.hpp"
#include "tests/support/raw_client.hpp"
#include <thread>

namespace salond {
namespace {

using namespace std::chrono_literals;

class HeldOldClients : public NodeTest {
protected:
  HeldOldClients() {
    for (const auto* name : {"alice", "bob", "carl"})
      add_user(name);
    settings.text.raw_gap = 1ms;
    settings.rate.burst = 1;
    settings.rate.messages_per_second = 1;
  }

  /// Says these a good while apart, as people do: by far longer than the pause that ends a frame.
  static void say_one_by_one(support::raw_client& who, const std::vector<std::string>& all) {
    for (const auto& each : all) {
      ASSERT_TRUE(who.send(each));
      std::this_thread::sleep_for(150ms);
    }
  }
};

TEST_F(HeldOldClients, SayFramesNotOne) {
  start();
  auto bob = log_in("bob"), carl = log_in("carl");
  support::raw_client alice{"tcp://127.0.0.1:" + std::to_string(port)};
  ASSERT_EQ(alice.log_in("alice"), "");

  say_one_by_one(alice, {"MSG (Général):un", "MSG (Général):deux", "PRIVATE:carl:secret", "MSG (Général):trois"});

  for (const auto* text : {"un", "deux", "trois"})
    EXPECT_EQ(bob.line(), std::string("alice dans le salon Général: ") + text);
  EXPECT_EQ(carl.line(), "alice dans le salon Général: un");
  EXPECT_EQ(carl.line(), "alice dans le salon Général: deux");
  EXPECT_EQ(carl.line(), "alice (privé): secret");
}

TEST_F(HeldOldClients, AreHeardInTheEndThoughNoMoreIsReadOfThem) {
  settings.limits.unread_bytes = 20; // the bound counts what is held
  start();
  auto bob = log_in("bob");
  support::raw_client alice{"tcp://127.0.0.1:" + std::to_string(port)};
  ASSERT_EQ(alice.log_in("alice"), "");

  say_one_by_one(alice, {"MSG (Général):un", "MSG (Général):deux", "MSG (Général):trois"});

  for (const auto* text : {"un", "deux", "trois"})
    EXPECT_EQ(bob.line(), std::string("alice dans le salon Général: ") + text);
}

} // namespace
} // namespace salond
