#include "actors/transport/tls_stream.hpp"
#include "tests/support/tls_peer.hpp"
#include <gmock/gmock.h>
#include <random>

namespace salond {
namespace {

using state = tls_stream::state;
using support::tls_peer;
using testing::HasSubstr;

std::shared_ptr<const tls_credentials> credentials() {
  static const auto made = [] {
    const auto pair = to_pem(issue({peer_kind::chat, "salond"}, make_authority(), {}, {"localhost"}).own);
    return std::make_shared<const tls_credentials>(pair, pair);
  }();
  return made;
}

/// A server's end, and what went through it.
struct server {
  tls_stream stream{credentials()};
  std::vector<char> plain;
  std::string sealed;
  tls_stream::time_point clock{std::chrono::hours{1}};

  /// In as many calls as it takes.
  state feed(std::string_view bytes) {
    stream.feed(bytes, clock, plain, sealed);
    while (stream.holds_more())
      stream.feed({}, clock, plain, sealed);
    return stream.now();
  }
  std::string heard() const { return {plain.begin(), plain.end()}; }
  std::string pull() { return std::exchange(sealed, {}); }
};

/// Has them talk until neither has anything to say.
void talk(server& here, tls_peer& there) {
  there.push({});
  for (auto bytes = there.pull(); !bytes.empty(); bytes = there.pull()) {
    here.feed(bytes);
    there.push(here.pull());
  }
}

struct TlsStream : testing::TestWithParam<int> {
  server here;
  tls_peer there{GetParam()};

  void shake_hands() {
    talk(here, there);
    ASSERT_EQ(here.stream.now(), state::open) << here.stream.why_failed();
    ASSERT_TRUE(there.shaken());
  }
};

TEST_P(TlsStream, CarriesWhatIsSaidBothWays) {
  shake_hands();

  there.say("zoë:secret\n");
  here.feed(there.pull());
  here.stream.seal("CONNECTED\n", here.sealed);
  there.push(here.pull());

  EXPECT_EQ(here.heard(), "zoë:secret\n");
  EXPECT_EQ(there.heard(), "CONNECTED\n");
  EXPECT_EQ(SSL_version(there.ssl()), GetParam());
}

TEST_P(TlsStream, TakesBytesInAnyCuts) {
  there.push({});
  for (auto bytes = there.pull(); !bytes.empty(); bytes = there.pull()) {
    for (const char byte : bytes)
      here.feed({&byte, 1});
    there.push(here.pull());
  }
  ASSERT_TRUE(there.shaken());
  there.say("une ligne\n");
  there.say(std::string(40000, 'x'));

  for (const char each : there.pull())
    here.feed({&each, 1});

  EXPECT_EQ(here.heard(), "une ligne\n" + std::string(40000, 'x'));
}

TEST_P(TlsStream, HearsWhatComesWithTheEndOfTheHandshake) {
  there.push({});
  here.feed(there.pull());
  there.push(here.pull());
  if (!there.shaken()) { // TLS 1.2 has one more round
    here.feed(there.pull());
    there.push(here.pull());
  }
  there.say("tout de suite\n");

  here.feed(there.pull());

  EXPECT_EQ(here.heard(), "tout de suite\n");
}

TEST_P(TlsStream, SealsAMegabyteInRecords) {
  shake_hands();
  const std::string text(1 << 20, 'y');

  here.stream.seal(text, here.sealed);

  EXPECT_LT(here.sealed.size(), text.size() + 64 * 64); // 64 records with some 20 bytes around each
  there.push(here.pull());
  EXPECT_EQ(there.heard(), text);
}

TEST_P(TlsStream, EndsInBothDirectionsOnItsOwn) {
  shake_hands();
  there.say("a:b");
  there.end();

  EXPECT_EQ(here.feed(there.pull()), state::ended);
  EXPECT_EQ(here.heard(), "a:b");
  here.stream.seal("AUTH_FAILED", here.sealed);
  here.stream.seal_end(here.sealed);
  there.push(here.pull());

  EXPECT_EQ(there.heard(), "AUTH_FAILED");
  EXPECT_TRUE(there.ended());
}

TEST_P(TlsStream, FailsAtABentRecordAndSaysSo) {
  shake_hands();
  there.say("bonjour\n");
  auto bytes = there.pull();
  bytes.back() = static_cast<char>(bytes.back() ^ 1);

  EXPECT_EQ(here.feed(bytes), state::failed);

  EXPECT_EQ(here.heard(), "");
  EXPECT_FALSE(here.sealed.empty()) << "no alert";
  EXPECT_NE(here.stream.why_failed(), "");
  EXPECT_EQ(here.feed("anything"), state::failed);
  here.stream.seal("rien", here.sealed);
  EXPECT_EQ(here.heard(), "");
}

TEST_P(TlsStream, NeverHearsMoreThanWasSaidWhateverIsBentOrLost) {
  const std::string said = "MSG (Général):bonjour\n";
  std::mt19937 random(20261126);
  for (int round = 0; round < 300; ++round) {
    server server;
    tls_peer other(GetParam());
    const auto bend_at = static_cast<int>(random() % 5);
    int flight = 0;
    other.push({});
    for (auto bytes = other.pull(); !bytes.empty(); bytes = other.pull(), ++flight) {
      if (flight == bend_at) {
        const auto at = random() % bytes.size();
        if (random() % 2 == 0)
          bytes[at] = static_cast<char>(random());
        else
          bytes.erase(at, 1 + random() % 40);
      }
      server.feed(bytes);
      other.push(server.pull());
      if (other.shaken() && flight < 4)
        other.say(said);
    }

    const auto heard = server.heard();
    for (size_t at = 0; at < heard.size(); at += said.size())
      ASSERT_EQ(heard.substr(at, said.size()), said) << "round " << round;
  }
}

INSTANTIATE_TEST_SUITE_P(Versions, TlsStream, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& info) { return info.param == TLS1_2_VERSION ? "tls12" : "tls13"; });

TEST(TlsStreamAlone, RefusesAnOlderVersion) {
  server here;
  tls_peer there{TLS1_1_VERSION};

  talk(here, there);

  EXPECT_EQ(here.stream.now(), state::failed);
  EXPECT_THAT(here.stream.why_failed(), HasSubstr("unsupported protocol"));
}

TEST(TlsStreamAlone, RefusesAnotherHandshake) {
  server here;
  tls_peer there{TLS1_2_VERSION};
  talk(here, there);
  ASSERT_TRUE(there.shaken());

  there.renegotiate();
  here.feed(there.pull());
  there.push(here.pull());
  there.pull();

  EXPECT_FALSE(there.shaken()) << "a second handshake was begun";
}

TEST(TlsStreamAlone, AnswersEachChangeOfKeysOnce) {
  server here;
  tls_peer there{TLS1_3_VERSION};
  talk(here, there);

  for (int i = 0; i < 10; ++i)
    there.change_keys();
  const auto bytes = there.pull();
  here.feed(bytes);

  EXPECT_EQ(here.stream.now(), state::open);
  EXPECT_LE(here.sealed.size(), bytes.size() + 1024);
}

TEST(TlsStreamAlone, TakesSoManyRecordsACallAndKeepsTheRest) {
  server here;
  tls_peer there;
  talk(here, there);
  std::string said;
  for (int i = 0; i < 300; ++i) {
    there.say("x");
    said += "x";
  }
  const auto before = here.stream.records();

  here.stream.feed(there.pull(), here.clock, here.plain, here.sealed);

  EXPECT_TRUE(here.stream.holds_more());
  EXPECT_LE(here.stream.records() - before, tls_stream::records_a_call);
  there.say("!");
  here.feed(there.pull());
  EXPECT_FALSE(here.stream.holds_more());
  EXPECT_EQ(here.heard(), said + "!");
  EXPECT_GE(here.stream.records() - before, 301u);
}

TEST(TlsStreamAlone, ClosesAtTheFirstByteOfWhatIsNoTls) {
  for (const auto* text : {"a", "zoë:secret\n", "GET / HTTP/1.1\r\n", "\x15\x03\x03", "\x80\x2e\x01"}) {
    server here;

    EXPECT_EQ(here.feed(std::string_view{text}.substr(0, 1)), state::failed);

    EXPECT_EQ(here.sealed, (std::string{"\x15\x03\x01\x00\x02\x02\x0a", 7}));
    EXPECT_EQ(here.heard(), "");
  }
}

TEST(TlsStreamAlone, SurvivesGarbageThatBeginsLikeTls) {
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    server here;
    std::string bytes("\x16\x03\x01", 3);
    for (auto left = random() % 300; left > 0; --left)
      bytes += static_cast<char>(random());
    for (size_t at = 0; at < bytes.size();) {
      const auto size = 1 + random() % 50;
      here.feed(std::string_view{bytes}.substr(at, size));
      at += size;
    }

    EXPECT_NE(here.stream.now(), state::open);
    EXPECT_LE(here.sealed.size(), 100u);
    EXPECT_EQ(here.heard(), "");
  }
}

TEST(TlsStreamAlone, BoundsTheHandshake) {
  server here;
  // A ClientHello of 64 KiB is announced, and comes in records of 1 KiB.
  std::string record("\x16\x03\x01\x04\x00", 5);
  record += std::string("\x01\x00\xff\xff", 4) + std::string(1020, '\x03');
  const auto next = std::string("\x16\x03\x01\x04\x00", 5) + std::string(1024, '\x03');

  here.feed(record);
  size_t sent = record.size();
  for (; here.stream.now() == state::shaking && sent < 100000; sent += next.size())
    here.feed(next);

  EXPECT_EQ(here.stream.now(), state::failed);
  EXPECT_LT(sent, 20000u);
}

TEST(TlsStreamAlone, KeepsTheCertificateItBeganWith) {
  auto old = std::make_unique<std::shared_ptr<const tls_credentials>>(credentials());
  tls_stream stream{*old};
  old.reset();
  tls_peer there;
  there.push({});
  std::vector<char> plain;
  std::string sealed;

  stream.feed(there.pull(), {}, plain, sealed);
  there.push(sealed);

  EXPECT_TRUE(there.shaken());
}

} // namespace
} // namespace salond
