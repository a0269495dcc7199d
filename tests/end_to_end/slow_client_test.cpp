// Clients that do not read, flood, or speak nonsense: they harm themselves alone.
#include "tests/support/daemon.hpp"
#include "tests/support/line_client.hpp"
#include <gmock/gmock.h>
#include <random>
#include <sys/socket.h>
#include <thread>

namespace salond::end_to_end {
namespace {

using support::line_client;
using support::newcomer;

constexpr size_t unsent_bytes = 1 << 20;
// Above the start: the two bounds, what the kernel's buffers cannot take, and what an allocator keeps.
constexpr size_t max_growth_kib = 48 * 1024;

class SlowClient : public testing::Test {
protected:
  void SetUp() override {
    server_.options.settings = {{"limits", {{"unsent_bytes", unsent_bytes}}}};
    server_.start();
    at_start_kib_ = server_.pss_kib();
  }
  void TearDown() override {
    EXPECT_LT(server_.pss_kib(), at_start_kib_ + max_growth_kib);
    EXPECT_EQ(server_.stop(), 0) << server_.log();
  }
  bool log_says(const std::string& text) const { return server_.log().find(text) != std::string::npos; }

  support::daemon server_;
  size_t at_start_kib_ = 0;
};

TEST_F(SlowClient, WhoDoesNotReadIsCutOffAndTheOthersHearAll) {
  auto deaf = newcomer(server_.endpoint(), "sourd");
  auto hearer = newcomer(server_.endpoint(), "lectrice");
  auto speaker = newcomer(server_.endpoint(), "bavard");
  const std::string text(8000, 'x'), line = "bavard dans le salon Général: " + text;

  int said = 0;
  while (said < 5000 && (said % 50 != 0 || !log_says("does not read"))) {
    ++said;
    speaker.say("MSG (Général):" + text);
    ASSERT_EQ(speaker.hear(), line);
    ASSERT_EQ(hearer.hear(), line);
  }

  EXPECT_TRUE(log_says("does not read"));
  EXPECT_TRUE(hearer.hears_nothing());
  const auto heard = deaf.hear_all();
  ASSERT_FALSE(heard.empty());
  EXPECT_NE(heard.back(), support::nothing) << "still connected";
  for (size_t i = 0; i + 1 < heard.size(); ++i)
    ASSERT_EQ(heard[i], line) << i << " of " << heard.size();
  // It read again before it was reset: what was on its way, and then the reason.
  EXPECT_THAT(heard.back(), testing::AnyOf("ERREUR: client trop lent", testing::StartsWith("bavard dans le salon")));
}

TEST_F(SlowClient, WhoReadsAgainInTimeHearsWhy) {
  auto deaf = newcomer(server_.endpoint(), "sourd");
  auto speaker = newcomer(server_.endpoint(), "bavard");
  const std::string text(8000, 'x'), line = "bavard dans le salon Général: " + text;
  for (int said = 0; said < 5000 && (said % 10 != 0 || !log_says("does not read")); ++said) {
    speaker.say("MSG (Général):" + text);
    ASSERT_EQ(speaker.hear(), line);
  }

  const auto heard = deaf.hear_all();

  ASSERT_FALSE(heard.empty());
  EXPECT_EQ(heard.back(), "ERREUR: client trop lent");
}

TEST_F(SlowClient, AFloodDisturbsNobodyElse) {
  auto calm = newcomer(server_.endpoint(), "calme");
  auto flooder = newcomer(server_.endpoint(), "flot");
  ASSERT_TRUE(flooder.say("JOIN:Blabla"));
  ASSERT_EQ(flooder.hear(), "flot a rejoint le salon Blabla.");
  std::atomic<bool> over{false};
  std::thread reading([&] {
    while (!over && flooder.hear() != support::closed) {
    }
  });
  std::thread flooding([&] {
    std::string burst;
    for (int i = 0; i < 200; ++i)
      burst += "MSG (Blabla):" + std::string(100, 'x') + "\n";
    while (!over && ::send(flooder.socket().descriptor(), burst.data(), burst.size(), MSG_NOSIGNAL) > 0) {
    }
  });

  for (int i = 0; i < 100; ++i) {
    calm.say("MSG (Général):" + std::to_string(i));
    EXPECT_EQ(calm.hear(), "calme dans le salon Général: " + std::to_string(i));
  }

  over = true;
  ::shutdown(flooder.socket().descriptor(), SHUT_RDWR);
  flooding.join();
  reading.join();
}

TEST_F(SlowClient, AFloodThatDoesNotReadItsAnswersIsHeldBackAndCutOff) {
  auto calm = newcomer(server_.endpoint(), "calme");
  auto flooder = newcomer(server_.endpoint(), "flot");
  std::string burst;
  for (int i = 0; i < 1000; ++i)
    burst += "HELP\n";

  // Until the server takes no more, or has cut it off.
  for (int i = 0; i < 2000; ++i)
    if (::send(flooder.socket().descriptor(), burst.data(), burst.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
      break;

  for (int i = 0; i < 20; ++i) {
    calm.say("MSG (Général):" + std::to_string(i));
    EXPECT_EQ(calm.hear(), "calme dans le salon Général: " + std::to_string(i));
  }
}

std::vector<std::string> garbage(std::mt19937& random) {
  std::string noise(3000, '\0');
  for (auto& each : noise)
    each = static_cast<char>(random());
  const std::string hello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
  return {noise,
          noise.substr(0, 3),
          hello + noise.substr(0, 512),
          "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
          "POST /x HTTP/1.1\r\nContent-Length: 5\r\n\r\na:b:c",
          std::string(200000, 'a'),
          std::string(200000, 'a') + "\n",
          std::string(10000, '\0'),
          std::string(10000, '\n'),
          std::string(5000, ':') + "\n",
          "INSCRIPTION:" + noise.substr(0, 100) + "\n",
          "RESUME:" + std::string(8000, 'x') + "\n",
          "zo\xC3:secret\n",
          "MSG (" + std::string(8000, '(') + "\n",
          "\n"};
}

TEST_F(SlowClient, NonsenseOnManyConnectionsLeavesTheServerAnswering) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  auto calm = newcomer(server_.endpoint(), "calme");
  std::vector<line_client> open;

  for (int round = 0; round < 20; ++round)
    for (const auto& bytes : garbage(random)) {
      open.emplace_back(server_.endpoint());
      (void)!::send(open.back().socket().descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (round % 4 == 1)
        open.back().socket().finish();
      if (round % 4 == 2)
        open.pop_back(); // with what was answered unread: a reset
    }

  calm.say("MSG (Général):toujours là");
  EXPECT_EQ(calm.hear(), "calme dans le salon Général: toujours là");
  EXPECT_TRUE(server_.running().running());
  newcomer(server_.endpoint(), "nouvelle");
}

} // namespace
} // namespace salond::end_to_end
