// Both sides of a link, and bytes between them that are lost, doubled or late.
#include "actors/cluster/peer_link.hpp"
#include <gmock/gmock.h>

namespace salond::cluster {
namespace {

using namespace std::chrono_literals;
using kind = peer_link::heard::meaning;

constexpr node_id first{3}, second{8};

/// The frames of what one side wrote.
std::vector<frame> frames_of(peer_link& from) {
  frame_reader reader;
  while (!from.queue().empty())
    reader.feed(from.queue().take());
  std::vector<frame> result;
  while (reader.next() == frame_reader::outcome::taken)
    result.push_back(reader.taken());
  return result;
}

struct two {
  peer_link dialling{first, second, true}, dialled{second, first, false};
  instant now{1h};

  /// A connection, and what is said over it first.
  void shake_hands() {
    dialling.greet();
    const auto said = frames_of(dialling);
    ASSERT_EQ(said.size(), 1u);
    ASSERT_EQ(dialled.welcome_of(std::get<hello>(said[0].body), now), nullptr);
    for (const auto& each : frames_of(dialled))
      ASSERT_EQ(dialling.hear(each, now).kind, kind::up);
  }
  std::vector<kind> deliver(peer_link& from, peer_link& to) {
    std::vector<kind> result;
    for (const auto& each : frames_of(from))
      result.push_back(to.hear(each, now).kind);
    return result;
  }
};

} // namespace

TEST(PeerLink, IsUpOnBothSidesAfterHelloAndWelcome) {
  two both;
  EXPECT_EQ(both.dialling.send(news{1}), peer_link::sent::not_up);

  both.shake_hands();

  EXPECT_TRUE(both.dialling.up());
  EXPECT_TRUE(both.dialled.up());
  EXPECT_EQ(both.dialling.send(news{1}), peer_link::sent::queued);
  EXPECT_THAT(both.deliver(both.dialling, both.dialled), testing::ElementsAre(kind::told));
}

TEST(PeerLink, TakesAFrameOnce) {
  two both;
  both.shake_hands();
  both.dialling.send(news{1});
  const auto said = frames_of(both.dialling);

  EXPECT_EQ(both.dialled.hear(said[0], both.now).kind, kind::told);
  EXPECT_EQ(both.dialled.hear(said[0], both.now).kind, kind::nothing);
}

TEST(PeerLink, MeasuresARoundTripAndTellsWhetherThePeerBeats) {
  two both;
  both.shake_hands();
  EXPECT_EQ(both.dialling.ping_now(true, both.now), nullptr);

  const auto asked = frames_of(both.dialling);
  const auto heard = both.dialled.hear(asked.at(0), both.now);
  both.now += 1500us;
  both.deliver(both.dialled, both.dialling);

  EXPECT_EQ(heard.kind, kind::alive);
  EXPECT_TRUE(heard.beats);
  ASSERT_TRUE(both.dialling.counts().round_trip_ms);
  EXPECT_DOUBLE_EQ(*both.dialling.counts().round_trip_ms, 1.5);
}

TEST(PeerLink, MeasuresARoundTripThatTakesLongerThanASecond) {
  two both;
  both.shake_hands();
  both.dialling.ping_now(true, both.now);
  both.now += 1s;
  both.dialling.ping_now(true, both.now);
  both.now += 500ms;
  both.deliver(both.dialling, both.dialled);

  both.deliver(both.dialled, both.dialling);

  EXPECT_DOUBLE_EQ(both.dialling.counts().round_trip_ms.value_or(0), 1500);
}

TEST(PeerLink, EndsWhenAFrameIsMissing) {
  two both;
  both.shake_hands();
  both.dialling.send(news{1});
  frames_of(both.dialling); // lost
  both.dialling.ping_now(true, both.now);

  EXPECT_THAT(both.deliver(both.dialling, both.dialled), testing::ElementsAre(kind::over));

  EXPECT_EQ(both.dialled.why(), "a frame is missing");
  EXPECT_FALSE(both.dialled.up());
}

// What a later version says is not missing, though it cannot be read.
TEST(PeerLink, CountsAFrameOfAKindThatIsNotKnown) {
  two both;
  both.shake_hands();
  both.dialling.send(news{1});
  frames_of(both.dialling);
  both.dialled.hear_unknown(1);
  both.dialling.ping_now(true, both.now);

  EXPECT_THAT(both.deliver(both.dialling, both.dialled), testing::ElementsAre(kind::alive));
}

TEST(PeerLink, IsNotLateWithAPingBecauseMuchWaits) {
  two both;
  both.shake_hands();
  for (int i = 0; i < 1000; ++i)
    both.dialling.send(private_message{{1}, {1}, {1}, std::string(500, 'x'), {}});
  both.dialling.ping_now(true, both.now);

  const auto kinds = both.deliver(both.dialling, both.dialled);

  ASSERT_EQ(kinds.size(), 1001u);
  EXPECT_EQ(kinds[0], kind::alive) << "nothing was written before it, so nothing is missing";
  EXPECT_EQ(kinds[1000], kind::told);
}

TEST(PeerLink, IsSilentAfterThreeSecondsWithoutAPing) {
  two both;
  both.shake_hands();
  both.now += 3s;
  EXPECT_FALSE(both.dialled.silent(both.now));
  EXPECT_EQ(both.dialled.ping_now(true, both.now), nullptr);

  both.now += 1ms;

  EXPECT_TRUE(both.dialled.silent(both.now));
  EXPECT_STREQ(both.dialled.ping_now(true, both.now), "silent");
}

TEST(PeerLink, DropsAllAboveTheBoundAndEnds) {
  two both;
  both.shake_hands();
  const private_message text{{1}, {1}, {1}, std::string(8000, 'x'), {}};
  uint64_t queued = 0;
  while (both.dialling.send(text) == peer_link::sent::queued) {
    ++queued;
    ASSERT_LE(both.dialling.counts().unsent_bytes, link_queue::max_bytes);
  }

  EXPECT_FALSE(both.dialling.up());
  EXPECT_EQ(both.dialling.counts().unsent_bytes, 0u);
  EXPECT_EQ(both.dialling.counts().drops, 1u);
  EXPECT_EQ(both.dialling.counts().messages_out, queued);
  EXPECT_THAT(both.dialling.why(), testing::HasSubstr("dropped"));
  EXPECT_EQ(both.dialling.send(text), peer_link::sent::not_up);
}

// The side that dials knows that the link is dead, and the other one does not.
TEST(PeerLink, LetsANewSessionTakeThePlaceOfOneThatOnlyOneSideKnowsToBeDead) {
  two both;
  both.shake_hands();
  both.dialled.send(news{7}); // for the dead connection
  both.dialling.end();

  both.shake_hands();

  both.dialled.send(news{8});
  const auto said = frames_of(both.dialled);
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(std::get<news>(said[0].body).number, 8) << "what waited for the dead one is not for the new one";
  EXPECT_EQ(both.dialling.hear(said[0], both.now).kind, kind::told);
}

TEST(PeerLink, RefusesAnOlderSessionAndWhoShouldNotDial) {
  two both;
  both.shake_hands();
  both.shake_hands();

  EXPECT_STREQ(both.dialled.welcome_of({first, second, 1, {}, ""}, both.now), "an older session");
  EXPECT_TRUE(both.dialled.up());
  EXPECT_NE(both.dialling.welcome_of({second, first, 9, {}, ""}, both.now), nullptr);
  EXPECT_STREQ(both.dialled.welcome_of({second, first, 9, {}, ""}, both.now), "an older session") << "of others";
}

TEST(PeerLink, EndsByAFarewellOrASecondHello) {
  two both;
  both.shake_hands();
  EXPECT_EQ(both.dialling.hear({0, farewell{"it stops"}}, both.now).kind, kind::over);
  EXPECT_EQ(both.dialling.why(), "it stops");
  both.shake_hands();
  EXPECT_EQ(both.dialled.hear({0, hello{first, second, 5, {}, ""}}, both.now).kind, kind::over);
}

TEST(PeerLink, RefusesAWelcomeOfAnotherSessionOrVersion) {
  two both;
  both.dialling.greet();
  EXPECT_EQ(both.dialling.hear({0, welcome{77, {}, ""}}, both.now).kind, kind::over);
  both.dialling.greet();
  EXPECT_EQ(both.dialling.hear({0, welcome{2, {5, 6}, "9.0"}}, both.now).kind, kind::over);
  EXPECT_THAT(both.dialling.why(), testing::HasSubstr("too new"));
}

TEST(PeerLink, CountsWhatItSends) {
  two both;
  both.shake_hands();
  both.dialling.send(attach{{1}, 1});
  both.dialling.send(post{{1}, {1}, {1}, {}, {1}, "bonjour"});
  both.dialling.send(batch{{1}, {1}, 0, {{1, {1}, {1}, "a", {}}, {2, {2}, {1}, "b", {}}}, {}});
  both.dialling.ping_now(true, both.now);

  const auto counts = both.dialling.counts();

  EXPECT_EQ(counts.frames_out, 3u);
  EXPECT_EQ(counts.messages_out, 3u);
  EXPECT_EQ(counts.catch_ups, 1u);
  EXPECT_GT(counts.unsent_bytes, 0u);
}

TEST(PeerLink, SendsThePostsOfATurnAsOneFrameInTheirOrderAndBeforeWhatIsSaidBehindThem) {
  two both;
  both.shake_hands();
  for (int64_t number = 1; number <= 3; ++number)
    both.dialling.send(post{{number}, {1}, {number}, {}, {1}, "l'été"});
  both.dialling.send(news{1});
  both.dialling.send(post{{1}, {1}, {4}, {}, {1}, "alone"});
  both.dialling.finish_turn();

  const auto said = frames_of(both.dialling);

  ASSERT_EQ(said.size(), 3u);
  std::vector<int64_t> numbers;
  for (const auto& each : std::get<posts>(said[0].body).all)
    numbers.push_back(each.number.value);
  EXPECT_THAT(numbers, testing::ElementsAre(1, 2, 3));
  EXPECT_TRUE(std::holds_alternative<news>(said[1].body));
  EXPECT_EQ(std::get<post>(said[2].body).number.value, 4);
  EXPECT_EQ(both.dialling.counts().frames_out, 3u);
  EXPECT_EQ(both.dialling.counts().messages_out, 4u);
}

TEST(PeerLink, DoesNotLetPostsOfATurnWaitForMoreThanAWrite) {
  two both;
  both.shake_hands();
  const std::string large(link_queue::write_bytes / 2, 'x');
  both.dialling.send(post{{1}, {1}, {1}, {}, {1}, large});
  EXPECT_TRUE(both.dialling.queue().empty());

  both.dialling.send(post{{1}, {1}, {2}, {}, {1}, large});

  EXPECT_FALSE(both.dialling.queue().empty());
}

TEST(PeerLink, ForgetsPostsThatWaitedForTheEndOfATurnWithTheirSession) {
  two both;
  both.shake_hands();
  both.dialling.send(post{{1}, {1}, {1}, {}, {1}, "adieu"});
  both.dialling.end();
  both.shake_hands();
  both.dialling.finish_turn();

  EXPECT_THAT(frames_of(both.dialling), testing::IsEmpty());
}

TEST(Versions, OverlapOrAreRefusedWithWhatToDo) {
  EXPECT_EQ(why_not_spoken({1, 1}, "0.1.0"), "");
  EXPECT_EQ(why_not_spoken({2, 4}, "0.4.0", {3, 5}), "");
  EXPECT_THAT(why_not_spoken({1, 2}, "0.2.0", {3, 5}), testing::HasSubstr("too old"));
  EXPECT_THAT(why_not_spoken({6, 7}, "0.7.0", {3, 5}), testing::HasSubstr("too new"));
}

} // namespace salond::cluster
