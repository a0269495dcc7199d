// The story: one TLS 1.3 client sent 400,000 changes of keys (27 bytes each) and nothing else. OpenSSL goes from record
// to record inside one call for as long as bytes come, so the whole server stood still for four seconds, told nobody,
// and logged nothing. What is right: one call takes so many records and no more; a record that brings no data counts,
// whatever it is instead (a change of keys, a warning, the wish for another handshake, an empty one); and who sends
// more of them than a few a minute is closed, with the reason.
#include "actors/transport/tls_stream.hpp"
#include "tests/support/tls_peer.hpp"
#include <gmock/gmock.h>

namespace salond {
namespace {

using state = tls_stream::state;

std::shared_ptr<const tls_credentials> credentials() {
  static const auto made = [] {
    const auto pair = to_pem(issue({peer_kind::chat, "salond"}, make_authority(), {}, {"localhost"}).own);
    return std::make_shared<const tls_credentials>(pair, pair);
  }();
  return made;
}

class RecordsWithoutData : public testing::Test {
protected:
  void SetUp() override {
    peer.push({});
    for (auto bytes = peer.pull(); !bytes.empty(); bytes = peer.pull()) {
      hear(bytes);
      peer.push(std::exchange(sealed, {}));
    }
    ASSERT_EQ(stream.now(), state::open);
  }

  /// As a connection does it: so many bytes a turn, and what the stream has kept before any more.
  void hear(std::string_view bytes) {
    constexpr size_t a_turn = 16384;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), a_turn))) {
      call(bytes.substr(0, a_turn));
      while (stream.holds_more())
        call({});
    }
  }
  void call(std::string_view bytes) {
    const auto before = stream.records();
    stream.feed(bytes, clock, plain, sealed);
    ASSERT_LE(stream.records() - before, tls_stream::records_a_call);
  }
  std::string heard() const { return {plain.begin(), plain.end()}; }

  tls_stream stream{credentials()};
  support::tls_peer peer;
  std::vector<char> plain;
  std::string sealed;
  tls_stream::time_point clock{std::chrono::hours{1}};
};

TEST_F(RecordsWithoutData, EndTheConnectionAfterAFew) {
  const auto before = stream.records();
  for (int i = 0; i < 2000; ++i)
    peer.change_keys();

  hear(peer.pull());

  EXPECT_EQ(stream.now(), state::failed);
  EXPECT_EQ(stream.why_failed(), "too many records without data");
  EXPECT_LE(stream.records() - before, tls_stream::max_empty_records + 2);
}

TEST_F(RecordsWithoutData, EndItToWhereDataComesBetweenThem) {
  std::string said;
  for (int i = 0; i < 40; ++i) {
    peer.change_keys();
    peer.say("x");
    said += "x";
    hear(peer.pull());
  }

  EXPECT_EQ(stream.now(), state::failed);
  EXPECT_EQ(heard(), said.substr(0, heard().size())) << "what came before is whole";
  EXPECT_GE(heard().size(), tls_stream::max_empty_records);
}

TEST_F(RecordsWithoutData, AreWelcomeSixTimesAMinute) {
  std::string said;
  for (int minute = 0; minute < 60; ++minute) {
    for (int i = 0; i < 6; ++i)
      peer.change_keys();
    peer.say("x");
    said += "x";
    hear(peer.pull());
    peer.push(std::exchange(sealed, {}));
    clock += std::chrono::minutes{1};
  }

  EXPECT_EQ(stream.now(), state::open) << stream.why_failed();
  EXPECT_EQ(heard(), said);
}

TEST_F(RecordsWithoutData, AreNotSavedUpForLater) {
  clock += std::chrono::hours{1000};
  for (int i = 0; i < 100; ++i)
    peer.change_keys();

  hear(peer.pull());

  EXPECT_EQ(stream.now(), state::failed);
}

} // namespace
} // namespace salond
