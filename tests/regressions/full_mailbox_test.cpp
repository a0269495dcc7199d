// Ten new accounts with names of 64 four-byte characters wrote 100 texts of 8,182 bytes each to somebody who was away.
// Every login of his then ended with "client trop lent", for ever. The same for HISTORY:salon:200 over texts of 60,000
// bytes. Right: line clients and raw ones, in clear and over TLS, get all of it as they read, and the server holds no
// more for them than a piece; and what ten strangers can leave leaves room for others.
#include "tests/support/daemon.hpp"
#include "tests/support/raw_client.hpp"
#include <gmock/gmock.h>

namespace salond::end_to_end {
namespace {

using support::line_client;
using support::newcomer;

// One piece, its spelling, what waits in the kernel's buffers, and what an allocator keeps.
constexpr size_t max_growth_kib = 24 * 1024;

class FullMailbox : public testing::Test {
protected:
  void start(const nlohmann::json& limits = nlohmann::json::object(), const std::string& door = "tcp://127.0.0.1:0") {
    server_.options.listen = {door, "tcp://127.0.0.1:0"};
    if (!limits.empty())
      server_.options.settings = {{"limits", limits}};
    server_.start();
  }
  const std::string& clear_endpoint() const { return server_.endpoints().at(1); }

  static std::string text_of(int number) {
    auto text = std::to_string(number) + ' ';
    return text + std::string(8182 - text.size(), 'x');
  }

  /// What v is to be told, by all that ten strangers could leave.
  std::vector<std::string> fill() {
    EXPECT_EQ(support::register_user(clear_endpoint(), "v"), "Inscription réussie!");
    std::vector<std::string> expected;
    for (int author = 0; author < 10; ++author) {
      auto name = std::to_string(author);
      while (name.size() < 1 + 63 * 4)
        name += "🦊";
      auto stranger = newcomer(clear_endpoint(), name);
      for (int i = 0; i < 100; ++i) {
        stranger.say("PRIVATE:v:" + text_of(i));
        stranger.say("MSG (?):x"); // its answer tells that the one before is done
        if (stranger.hear() == "ERREUR: la boîte de v est pleine") {
          EXPECT_EQ(stranger.hear(), "ERREUR: le salon ? n'existe pas");
          break;
        }
        expected.push_back(name + " (privé): " + text_of(i));
      }
    }
    return expected;
  }

  support::daemon server_;
};

void hears_all(line_client& v, const std::vector<std::string>& expected) {
  for (size_t at = 0; at < expected.size(); ++at)
    ASSERT_EQ(v.hear(), expected[at]) << at << " of " << expected.size();
}

TEST_F(FullMailbox, ALineClientIsHandedAllOfItOnce) {
  start();
  const auto expected = fill();
  EXPECT_GE(expected.size(), 300u);
  EXPECT_LT(expected.size() * 8182, size_t{4} << 20);
  const auto at_start_kib = server_.pss_kib();

  line_client v(server_.endpoint());
  ASSERT_TRUE(v.log_in("v"));
  hears_all(v, expected);

  auto honest = newcomer(server_.endpoint(), "honnête"); // there is still room for a word
  v.socket().finish();
  v.hear_all();
  honest.say("PRIVATE:v:bonjour");
  line_client again(server_.endpoint());
  ASSERT_TRUE(again.log_in("v"));
  EXPECT_EQ(again.hear(), "honnête (privé): bonjour");
  EXPECT_LT(server_.pss_kib(), at_start_kib + max_growth_kib);
}

TEST_F(FullMailbox, OverTlsToo) {
  start({{"unsent_bytes", 10000}}, "tls://127.0.0.1:0");
  const auto expected = fill();

  line_client v(server_.endpoint());
  ASSERT_TRUE(v.log_in("v"));

  hears_all(v, expected);
}

/// Through a unix socket: the kernel keeps far less of it than of TCP, so that the rest would be the server's.
TEST_F(FullMailbox, ManyWhoDoNotReadHoldAPieceEach) {
  start({}, "unix:" + (server_.folder() / "socket").string());
  const auto expected = fill();
  const auto at_start_kib = server_.pss_kib();
  std::vector<line_client> silent;
  for (int i = 0; i < 50; ++i) {
    silent.emplace_back(server_.endpoint());
    silent.back().say("v:secret");
  }
  auto other = newcomer(server_.endpoint(), "autre");
  for (int i = 0; i < 20; ++i) {
    other.say("MSG (Général):" + std::to_string(i));
    EXPECT_EQ(other.hear(), "autre dans le salon Général: " + std::to_string(i));
  }
  EXPECT_LT(server_.pss_kib(), at_start_kib + max_growth_kib);

  ASSERT_EQ(silent.front().hear(), "CONNECTED");
  silent.front().hear();
  silent.front().hear();
  std::vector<std::string> heard;
  while (heard.size() < expected.size()) {
    auto line = silent.front().hear();
    ASSERT_NE(line, support::closed);
    if (line.rfind("autre dans le salon", 0) != 0)
      heard.push_back(std::move(line));
  }
  EXPECT_EQ(heard, expected);
}

/// The old client takes 40 writes a second: a small mailbox, or the test lasts for minutes.
TEST_F(FullMailbox, ARawClientIsHandedAllOfItInWritesOfItsSize) {
  start({{"unsent_bytes", 10000}});
  support::register_user(server_.endpoint(), "v");
  auto paul = newcomer(server_.endpoint(), "paul");
  for (int i = 0; i < 20; ++i)
    paul.say("PRIVATE:v:" + text_of(i));
  paul.say("MSG (?):x");
  EXPECT_EQ(paul.hear(), "ERREUR: le salon ? n'existe pas");

  support::raw_client v(server_.endpoint());
  EXPECT_EQ(v.log_in("v"), "");
  v.send("JOIN:Nulle part"); // waits until all is told, and holds nothing up

  size_t expected = 0, letters = 0, texts = 0;
  for (int i = 0; i < 20; ++i) {
    const auto text = text_of(i);
    expected += static_cast<size_t>(std::count(text.begin(), text.end(), 'x'));
  }
  while (letters < expected) {
    const auto read = v.read();
    ASSERT_NE(read, support::closed);
    ASSERT_NE(read, support::nothing);
    ASSERT_EQ(read.find("trop lent"), std::string::npos);
    letters += static_cast<size_t>(std::count(read.begin(), read.end(), 'x'));
    texts += read.find("(privé): " + std::to_string(texts) + " x") != std::string::npos;
  }
  EXPECT_EQ(letters, expected);
  EXPECT_EQ(texts, 20u);
  EXPECT_EQ(v.read(), "ERREUR: le salon Nulle part n'existe pas");
}

class LongHistory : public testing::TestWithParam<size_t> {};

TEST_P(LongHistory, ComesWholeToWhoReads) {
  support::daemon server;
  server.options.settings = {{"limits", {{"frame_bytes", GetParam()}}}};
  server.start();
  auto speaker = newcomer(server.endpoint(), "bavard");
  auto reader = newcomer(server.endpoint(), "lectrice");
  std::vector<std::string> expected;
  for (int i = 0; i < 200; ++i) {
    auto text = std::to_string(i) + ' ';
    text += std::string(60000 - text.size(), 'x');
    expected.push_back("bavard dans le salon Général: " + text);
    speaker.say("MSG (Général):" + text);
    ASSERT_EQ(speaker.hear(), expected.back());
    ASSERT_EQ(reader.hear(), expected.back());
  }
  const auto at_start_kib = server.pss_kib();

  reader.say("HISTORY:Général:200");
  reader.say("MSG (?):x");

  for (int i = 0; i < 200; ++i)
    ASSERT_EQ(reader.hear(), expected[static_cast<size_t>(i)]) << i;
  EXPECT_EQ(reader.hear(), "ERREUR: le salon ? n'existe pas");
  EXPECT_LT(server.pss_kib(), at_start_kib + max_growth_kib);
}

INSTANTIATE_TEST_SUITE_P(Frames, LongHistory, testing::Values(65536, 0));

} // namespace
} // namespace salond::end_to_end
