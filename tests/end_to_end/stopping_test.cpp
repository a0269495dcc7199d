// How salond ends: in order, whoever does not read; at once when told twice; again and again.
#include "tests/support/daemon.hpp"
#include "tests/support/line_client.hpp"
#include <csignal>
#include <gmock/gmock.h>
#include <sys/socket.h>

namespace salond::end_to_end {
namespace {

using support::daemon;
using namespace std::chrono_literals;

class Stopping : public testing::TestWithParam<int> {};

TEST_P(Stopping, ASignalTellsEveryoneAndEndsInOrder) {
  daemon server;
  server.start();
  auto zoe = support::newcomer(server.endpoint(), "zoë");
  auto paul = support::newcomer(server.endpoint(), "paul");
  support::line_client stranger(server.endpoint());
  zoe.say("MSG (Général):dernier");
  ASSERT_EQ(paul.hear(), "zoë dans le salon Général: dernier");

  server.running().send(GetParam());

  EXPECT_EQ(zoe.hear(), "zoë dans le salon Général: dernier");
  for (auto* client : {&zoe, &paul}) {
    EXPECT_EQ(client->hear(), "Le serveur va s'arrêter. Merci de vous déconnecter.");
    EXPECT_EQ(client->hear(), support::closed);
  }
  EXPECT_EQ(server.running().wait(), 0) << server.log();
  server.start();
  EXPECT_TRUE(zoe.socket().ended());
  support::line_client reader(server.endpoint());
  ASSERT_TRUE(reader.log_in("zoë"));
  reader.say("HISTORY:Général:5");
  EXPECT_EQ(reader.hear(), "zoë dans le salon Général: dernier");
  EXPECT_EQ(server.stop(), 0);
}

INSTANTIATE_TEST_SUITE_P(Signals, Stopping, testing::Values(SIGTERM, SIGINT),
                         [](const auto& info) { return info.param == SIGTERM ? "SIGTERM" : "SIGINT"; });

/// A member who does not read, with so much waiting that nothing more gets through.
support::line_client deaf_member(daemon& server) {
  auto deaf = support::newcomer(server.endpoint(), "sourd");
  auto speaker = support::newcomer(server.endpoint(), "bavard");
  const std::string text(8000, 'x');
  for (int i = 0; i < 1000; ++i)
    if (!speaker.say("MSG (Général):" + text) || speaker.hear() == support::nothing)
      break;
  return deaf;
}

TEST(StoppingWithADeafPeer, EndsInOrderAndInTime) {
  daemon server;
  server.options.settings = {{"limits", {{"unsent_bytes", 0}}}, {"stop", {{"seconds", 3}}}};
  server.start();
  auto deaf = deaf_member(server);
  const auto begun = std::chrono::steady_clock::now();

  EXPECT_EQ(server.stop(), 0) << server.log();

  EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
}

TEST(StoppingWithADeafPeer, ASignalAfterASecondEndsAtOnce) {
  daemon server;
  server.options.settings = {{"limits", {{"unsent_bytes", 0}}}, {"stop", {{"seconds", 600}}}};
  server.start();
  auto deaf = deaf_member(server);

  server.running().send(SIGTERM);
  ASSERT_TRUE(server.logs("asked to stop"));
  EXPECT_FALSE(server.running().wait(1100ms)) << "within a second it would be the same wish";
  server.running().send(SIGTERM);

  EXPECT_TRUE(server.running().wait(5s).has_value());
}

TEST(StartAndStop, TwoHundredTimes) {
  daemon server;
  for (int i = 0; i < 200; ++i) {
    server.start();
    if (i % 10 == 0) {
      support::newcomer(server.endpoint(), "n" + std::to_string(i));
    } else {
      support::line_client stranger(server.endpoint());
    }
    ASSERT_EQ(server.stop(), 0) << "time " << i << "\n" << server.log();
  }
}

} // namespace
} // namespace salond::end_to_end
