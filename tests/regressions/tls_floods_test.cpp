// The story: see records_without_data_test.cpp. Here with the real server and its real ports: a client that nobody
// knows, on tls://, and the holder of a moderator's certificate, on the admin port, change their keys 400,000 times,
// and say one byte a record; a client that was hung up on sends on. What is right: others are answered meanwhile; the
// first kind is closed after a few and named in the log, on both ports; the others cost only their sender.
#include "tests/end_to_end/hostile_peer.hpp"
#include "tests/end_to_end/salonctl.hpp"
#include "tests/support/line_client.hpp"
#include <atomic>
#include <cerrno>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>

namespace salond::end_to_end {
namespace {

using support::eventually;
using support::newcomer;

constexpr int very_many = 400000;
constexpr auto reason = "too many records without data";

class TlsFloods : public testing::Test {
protected:
  void SetUp() override {
    server_.options.listen = {"tls://127.0.0.1:0", "tcp://127.0.0.1:0", "unix:" + std::string(folder_ / "socket")};
    server_.start();
    const auto issued = run_salonctl(server_, {"--state=" + server_.state()},
                                     {"cert", "issue", "mallory", "--role=moderator"}, {}, folder_);
    ASSERT_EQ(issued.status, 0) << issued.errors;
  }
  void TearDown() override { EXPECT_EQ(server_.stop(), 0) << server_.log(); }

  std::string tls() const { return server_.endpoints().at(0).substr(6); }
  const std::string& clear() const { return server_.endpoints().at(1); }
  size_t times_logged(const std::string& text) const {
    const auto log = server_.log();
    size_t count = 0;
    for (auto at = log.find(text); at != std::string::npos; at = log.find(text, at + 1))
      ++count;
    return count;
  }
  /// Runs `attack` beside a client that posts and hears its own posts; at least `posts` of them while it goes on, or
  /// all that fit.
  template <class Attack>
  void beside_a_chat(Attack attack) {
    auto calm = newcomer(clear(), "calme");
    std::atomic<bool> over{false};
    std::thread other{[&] {
      attack();
      over = true;
    }};
    int posts = 0;
    do {
      calm.say("MSG (Général):" + std::to_string(++posts));
      EXPECT_EQ(calm.hear(), "calme dans le salon Général: " + std::to_string(posts));
    } while (!over);
    other.join();
  }

  support::daemon server_;
  support::temporary_folder folder_;
  const std::string bundle_ = folder_ / "mallory.pem";
};

TEST_F(TlsFloods, OfChangedKeysByAStrangerEndHisConnectionAfterAFew) {
  beside_a_chat([&] {
    hostile_peer stranger(tls());
    ASSERT_TRUE(stranger.shake_hands());
    stranger.change_keys(very_many); // what comes after the end is read and forgotten for a while, as of any client
    EXPECT_TRUE(stranger.is_ended());
  });

  EXPECT_TRUE(eventually([&] { return times_logged(reason) > 0; })) << server_.log();
}

TEST_F(TlsFloods, OfChangedKeysByAModeratorEndHisConnectionAfterAFew) {
  beside_a_chat([&] {
    hostile_peer moderator(server_.admin());
    ASSERT_TRUE(moderator.shake_hands(bundle_));
    EXPECT_FALSE(moderator.change_keys(very_many)) << "the server took all of them";
  });

  EXPECT_TRUE(eventually([&] { return times_logged(reason) > 0; })) << server_.log();
  EXPECT_EQ(run_salonctl(server_, {"status"}).status, 0);
}

TEST_F(TlsFloods, OfRecordsOfOneByteHoldUpNobodyElse) {
  std::atomic<bool> open{false};
  beside_a_chat([&] {
    hostile_peer stranger(tls());
    ASSERT_TRUE(stranger.shake_hands());
    for (int i = 0; i < 20000 && stranger.say("x"); ++i)
      open = true;
  });

  EXPECT_TRUE(open);
}

TEST_F(TlsFloods, OfRecordsOfOneByteAreHeardWhole) {
  hostile_peer slow(tls());
  ASSERT_TRUE(slow.shake_hands());

  for (const char letter : std::string(300, 'x') + ":b\n")
    ASSERT_TRUE(slow.say({&letter, 1}));

  EXPECT_TRUE(slow.is_ended()); // AUTH_FAILED: what was left of a turn was heard without another byte
}

TEST_F(TlsFloods, OfAFewChangesOfKeysAreNone) {
  hostile_peer honest(tls());
  ASSERT_TRUE(honest.shake_hands());

  EXPECT_TRUE(honest.change_keys(10));
  honest.say("a:b\n");

  EXPECT_TRUE(honest.is_ended()); // AUTH_FAILED
  EXPECT_EQ(times_logged(reason), 0u);
}

/// How many bytes a client that was hung up on could still send, at most `enough`, until nobody took more for a second.
size_t sends_on(int descriptor, size_t enough) {
  const std::string bytes(65536, 'x');
  size_t sent = 0;
  for (pollfd room{descriptor, POLLOUT, 0}; sent < enough && ::poll(&room, 1, 1000) == 1;) {
    const auto taken = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (taken < 0 && errno != EAGAIN)
      break;
    sent += taken > 0 ? static_cast<size_t>(taken) : 0;
  }
  return sent;
}

// In clear they were counted, and behind 256 KiB left to the kernel; over TLS they were read for five seconds, as fast
// as they came: of 200 such clients others' messages came ten times as late.
TEST_F(TlsFloods, OfBytesBehindTheEndAreReadNoFurtherThanInClear) {
  constexpr size_t of_kernels = 24 << 20; // what both sides' buffers hold, as they come
  for (const auto& endpoint : server_.endpoints()) {
    support::line_client client(endpoint);
    client.say("nobody:wrong");
    ASSERT_EQ(client.hear(), "AUTH_FAILED");

    EXPECT_LT(sends_on(client.socket().descriptor(), 4 * of_kernels), of_kernels) << endpoint;
  }
}

} // namespace
} // namespace salond::end_to_end
