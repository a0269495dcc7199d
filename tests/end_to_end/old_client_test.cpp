// The old desktop client, which takes what one recv(1024) gives for one frame, against the real server.
#include "tests/support/daemon.hpp"
#include "tests/support/raw_client.hpp"
#include <gmock/gmock.h>
#include <thread>

namespace salond::end_to_end {
namespace {

using support::line_client;
using support::raw_client;
using testing::ElementsAre;

class OldClient : public testing::Test {
protected:
  void SetUp() override {
    support::read_promptly();
    server_.start();
  }
  void TearDown() override { EXPECT_EQ(server_.stop(), 0); }
  const std::string& endpoint() const { return server_.endpoint(); }

  support::daemon server_;
};

// Ten side by side, a hundred logins in a row each: a login takes a quarter of a second, most of it waiting to see
// whether a line end comes.
TEST_F(OldClient, LogsInAThousandTimesWithoutOneMisframedRead) {
  constexpr int clients = 10, logins = 100;
  for (int i = 0; i < clients; ++i)
    ASSERT_EQ(support::register_user(endpoint(), "ancien" + std::to_string(i)), "Inscription réussie!");
  std::vector<std::string> wrong(clients);
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i)
    threads.emplace_back([this, i, &wrong] {
      support::read_promptly();
      for (int n = 0; n < logins && wrong[static_cast<size_t>(i)].empty(); ++n) {
        raw_client client(endpoint());
        wrong[static_cast<size_t>(i)] = client.log_in("ancien" + std::to_string(i));
      }
    });
  for (auto& each : threads)
    each.join();

  EXPECT_THAT(wrong, testing::Each(""));
}

TEST_F(OldClient, ReadsTwentyMessagesOfABurstAsTwentyFrames) {
  auto speaker = support::newcomer(endpoint(), "zoë");
  ASSERT_EQ(support::register_user(endpoint(), "ancien"), "Inscription réussie!");
  raw_client client(endpoint());
  ASSERT_EQ(client.log_in("ancien"), "");

  std::string burst;
  for (int i = 0; i < 20; ++i)
    burst += "MSG (Général): numéro " + std::to_string(i) + "\n";
  speaker.send(burst);

  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(client.read(), "zoë dans le salon Général: numéro " + std::to_string(i));
}

TEST_F(OldClient, MaySendTwoCommandsGluedTogether) {
  ASSERT_EQ(support::register_user(endpoint(), "ancien"), "Inscription réussie!");
  raw_client client(endpoint());
  ASSERT_EQ(client.log_in("ancien"), "");

  client.send("JOIN:BlablaJOIN:Informatique");

  EXPECT_EQ(client.read(), "ancien a rejoint le salon Blabla.");
  EXPECT_EQ(client.read(), "Demande d'adhésion au salon Informatique en attente.");
}

TEST_F(OldClient, ReceivesALongTextInPiecesCutBetweenCharacters) {
  auto speaker = support::newcomer(endpoint(), "zoë");
  ASSERT_EQ(support::register_user(endpoint(), "ancien"), "Inscription réussie!");
  raw_client client(endpoint());
  ASSERT_EQ(client.log_in("ancien"), "");
  std::string text;
  for (int i = 0; i < 1000; ++i)
    text += "é🦊";
  const std::string envelope = "zoë dans le salon Général: ";

  speaker.say("MSG (Général):" + text);

  std::string heard;
  while (heard.size() < text.size()) {
    const auto piece = client.read();
    ASSERT_TRUE(piece != support::closed && piece != support::nothing) << heard.size();
    ASSERT_LE(piece.size(), 1024u);
    ASSERT_EQ(piece.substr(0, envelope.size()), envelope) << "free text, at " << heard.size();
    const auto part = piece.substr(envelope.size());
    ASSERT_NE(static_cast<unsigned char>(part.front()) & 0xC0, 0x80) << "half a character, at " << heard.size();
    heard += part;
  }
  EXPECT_EQ(heard, text);
}

TEST_F(OldClient, ReceivesManyWaitingTextsTogetherAndNoneIsLost) {
  auto speaker = support::newcomer(endpoint(), "zoë");
  ASSERT_EQ(support::register_user(endpoint(), "ancien"), "Inscription réussie!");
  raw_client client(endpoint());
  ASSERT_EQ(client.log_in("ancien"), "");
  std::string burst, expected;
  for (int i = 0; i < 300; ++i) {
    burst += "MSG (Général):" + std::to_string(i) + "\n";
    expected += "zoë dans le salon Général: " + std::to_string(i) + "\n";
  }

  speaker.send(burst);

  std::string heard;
  int reads = 0;
  for (; heard.size() < expected.size(); ++reads) {
    const auto piece = client.read();
    ASSERT_TRUE(piece != support::closed && piece != support::nothing) << heard;
    heard += piece + "\n";
  }
  EXPECT_EQ(heard, expected);
  EXPECT_LT(reads, 150);
}

TEST_F(OldClient, IsAnsweredAfterItsInputHasEnded) {
  ASSERT_EQ(support::register_user(endpoint(), "ancien"), "Inscription réussie!");
  raw_client wrong(endpoint()), right(endpoint());

  wrong.send("ancien:faux");
  wrong.socket().finish();
  const auto answer = right.log_in("ancien");
  right.send("MSG (Général): adieu");
  right.socket().finish();

  EXPECT_EQ(wrong.read(), "AUTH_FAILED");
  EXPECT_EQ(wrong.read(), support::closed);
  EXPECT_EQ(answer, "");
  EXPECT_EQ(right.read(), "ancien dans le salon Général: adieu");
  EXPECT_EQ(right.read(), support::closed);
}

} // namespace
} // namespace salond::end_to_end
