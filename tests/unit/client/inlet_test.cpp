// How fast a client is heard: the barrier, a turn's share, what is held until it is paid, when the socket is not read.
// With the text dialect's codec and a session; the test answers what the session asks.
#include "actors/client/inlet.hpp"
#include "protocol/text/text_codec.hpp"
#include <gtest/gtest.h>

namespace salond {
namespace {

using namespace std::chrono_literals;

const instant start{1h};

class Inlet : public testing::Test {
protected:
  Inlet() { settings.limits.unread_bytes = 100; }

  /// Feeds it, and takes all that may be heard in this turn: the number of utterances.
  size_t hear(const std::string& bytes, instant now = start) {
    begins = in.feed(bytes, now);
    in.count_anew();
    return take(now);
  }
  size_t take(instant now) {
    size_t heard = 0;
    if (!in.begin_taking())
      return 0;
    for (;;) {
      last = in.take_next(has_room, now);
      if (!last.said)
        break;
      ++heard;
      effects = in.session().hear(std::move(*last.said));
    }
    in.end_taking();
    return heard;
  }
  void log_in() {
    ASSERT_EQ(hear("zoë:secret\n"), 1u);
    auto& session = in.session();
    session.answered(rules::answer::found{user{user_id{7}, "zoë", "zoë", "hash", role::user}});
    session.answered(rules::answer::verified{done{}, size_t{0}, {}});
    session.answered(rules::answer::arrived{event::logged_in{"zoë", {}}, {}});
    codec.say(event::logged_in{"zoë", {}}, start);
    ASSERT_FALSE(session.waiting());
  }
  /// What the session told last.
  template <class Event>
  bool told(fault why) const {
    for (const auto& effect : effects)
      if (const auto* tell = std::get_if<rules::tell>(&effect))
        if (const auto* event = std::get_if<Event>(&tell->event); event && event->why == why)
          return true;
    return false;
  }

  config::settings settings;
  admission allowed{settings};
  const std::string network = "192.0.2.1";
  text::text_codec codec{{}};
  inlet in{codec, settings, allowed, network};
  bool has_room = true, begins = false;
  inlet::step last;
  rules::effects effects;
};

TEST_F(Inlet, TakesTheNextCommandWhenTheLastIsAnswered) {
  log_in();
  EXPECT_EQ(hear("JOIN:Blabla\nHELP\nHELP\n"), 1u);
  EXPECT_TRUE(in.takes_none(start));
  EXPECT_EQ(take(start), 0u);

  in.session().answered(rules::answer::settled{done{}});

  EXPECT_EQ(take(start), 2u);
  EXPECT_FALSE(in.takes_none(start));
}

TEST_F(Inlet, TakesNothingInsideATaking) {
  log_in();
  ASSERT_TRUE(in.begin_taking());
  EXPECT_FALSE(in.begin_taking()); // an answer that came at once
  in.end_taking();
  EXPECT_TRUE(in.begin_taking());
}

TEST_F(Inlet, HearsAShareInATurnOfTheLoop) {
  settings.limits.unread_bytes = 0; // no limit of its own
  log_in();
  std::string many;
  for (size_t i = 0; i < inlet::max_frames_a_turn + 3; ++i)
    many += "HELP\n";

  EXPECT_EQ(hear(many), inlet::max_frames_a_turn);
  EXPECT_EQ(last.wake_after, instant::duration{0});
  EXPECT_EQ(in.reading_changes(start), inlet::reading::paused);
  in.count_anew();
  EXPECT_EQ(take(start), 0u); // more bytes make no turn
  in.begin_turn();
  EXPECT_EQ(take(start), 3u);
  EXPECT_EQ(in.reading_changes(start), inlet::reading::on);
}

TEST_F(Inlet, WaitsUntilTheClientHasReadItsAnswers) {
  log_in();
  has_room = false;
  EXPECT_EQ(hear("HELP\n"), 0u);
  EXPECT_TRUE(in.choked());
  EXPECT_TRUE(in.takes_none(start));

  in.unchoke();
  has_room = true;
  EXPECT_EQ(take(start), 1u);
  EXPECT_FALSE(in.choked());
}

TEST_F(Inlet, HoldsWhatIsNotPaidForAndHearsItThenWithoutAsking) {
  settings.rate.requests_per_second = 1;
  settings.rate.request_burst = 1;
  log_in();
  std::string many;
  for (int i = 0; i < 20; ++i)
    many += "HELP\n";
  EXPECT_LT(hear(many), 20u);
  ASSERT_TRUE(last.wake_after);
  const auto due = start + *last.wake_after;
  EXPECT_TRUE(in.held(start));
  EXPECT_EQ(in.reading_changes(start), inlet::reading::paused);
  EXPECT_EQ(take(start + 10ms), 0u);

  EXPECT_GE(take(due), 1u);
}

TEST_F(Inlet, TellsOnceWhoGoesOnAskingTooMuchAndCloses) {
  settings.rate.requests_per_second = 1;
  settings.rate.request_burst = 1;
  log_in();
  std::string many;
  for (int i = 0; i < 60; ++i)
    many += "HELP\n";
  auto now = start;
  hear(many, now);
  size_t warned = 0;
  while (last.about != inlet::notice::closed_for_asking) {
    ASSERT_LT(now, start + 30s);
    warned += last.about == inlet::notice::asks_too_much;
    now += last.wake_after.value_or(1s);
    in.begin_turn();
    ASSERT_TRUE(in.begin_taking());
    last = in.take_next(true, now);
    if (last.said && last.about == inlet::notice::none)
      last = in.take_next(true, now);
    in.end_taking();
  }
  EXPECT_EQ(warned, 1u);
  ASSERT_TRUE(last.said);
  EXPECT_TRUE(std::get<misspoken>(*last.said).fatal);
}

TEST_F(Inlet, SlowsMessagesToTheRateOfTheirUserAndThenRefusesThem) {
  settings.rate.burst = 2;
  settings.rate.messages_per_second = 1;
  settings.limits.unread_bytes = 0;
  log_in();
  std::string many;
  for (int i = 0; i < 20; ++i)
    many += "MSG (Général):x\n";
  auto now = start;
  EXPECT_EQ(hear(many, now), 2u);
  EXPECT_TRUE(last.wake_after);

  while (!told<event::refused>(fault::too_many_messages)) {
    ASSERT_LT(now, start + 10s);
    now += last.wake_after.value_or(10ms);
    in.begin_turn();
    take(now);
    if (in.session().unanswered()) // what is refused is told behind the posts before it
      effects = in.session().answered(rules::answer::posted{});
  }
  EXPECT_GT(now, start + 4s);
}

TEST_F(Inlet, RefusesAMessageForWhichTheOtherConnectionsOfItsUserLeaveNoRoom) {
  settings.rate.burst = 1;
  settings.rate.messages_per_second = 1;
  log_in();
  auto now = start;
  rules::message_rate::flood theirs;
  const auto others_say_all_they_may = [&] { allowed.ask_to_say(user_id{7}, theirs, false, now); };
  others_say_all_they_may();
  EXPECT_EQ(hear("MSG (Général):x\n", now), 0u);

  while (!told<event::refused>(fault::too_many_messages)) {
    ASSERT_LT(now, start + 10s);
    now += last.wake_after.value_or(10ms);
    others_say_all_they_may();
    in.begin_turn();
    take(now);
  }
  EXPECT_GE(now, start + 5s);
}

TEST_F(Inlet, IsNotReadWhileMoreWaitsThanIsTaken) {
  log_in();
  hear("JOIN:Blabla\n" + std::string(99, 'x'));
  EXPECT_EQ(in.reading_changes(start), std::nullopt);
  in.feed("y", start);
  EXPECT_EQ(in.reading_changes(start), inlet::reading::paused);
  EXPECT_EQ(in.reading_changes(start), std::nullopt);

  in.session().answered(rules::answer::settled{done{}});
  EXPECT_EQ(in.reading_changes(start), inlet::reading::on); // it is less than one frame, which has its own bound
}

TEST_F(Inlet, ReadsOnWhatWouldRunTogetherInTheKernel) {
  settings.rate.requests_per_second = 1;
  settings.rate.request_burst = 1;
  settings.limits.unread_bytes = 0;
  in.feed("zoë", start); // its kind is not known yet: it may end no frames
  in.hold(1s, start);
  EXPECT_EQ(in.reading_changes(start), std::nullopt);

  in.feed(std::string(inlet::max_unread_while_held, 'x'), start);
  EXPECT_EQ(in.reading_changes(start), inlet::reading::paused);
}

TEST_F(Inlet, ChargesAReadThatBroughtNoFrame) {
  settings.rate.requests_per_second = 1;
  settings.rate.request_burst = 1;
  log_in();
  size_t reads = 0;
  for (; !in.held(start); ++reads) {
    ASSERT_LT(reads, 1000u);
    hear("x");
    if (const auto charged = in.charge_read(1, begins, start); charged.wake_after) {
      EXPECT_TRUE(in.held(start));
    }
  }
  EXPECT_GT(reads, 1u);
  EXPECT_EQ(in.reading_changes(start), inlet::reading::paused);
}

TEST_F(Inlet, ParksAPostThatFindsNoRoom) {
  log_in();
  EXPECT_EQ(hear("MSG (Général):un\nMSG (Général):deux\n"), 2u);
  in.session().answered(rules::answer::posted{});
  in.park(command::post{"Général", "deux"}, start + 5s);
  EXPECT_EQ(hear("HELP\n"), 0u);
  EXPECT_FALSE(in.parked_too_long(start + 4s));
  EXPECT_TRUE(in.parked_too_long(start + 5s));

  EXPECT_EQ(in.take_parked()->text, "deux");
  EXPECT_EQ(in.take_parked(), nullptr);
  EXPECT_FALSE(in.parked_too_long(start + 5s));
}

TEST_F(Inlet, WaitsForTheTurnOfItsHandshake) {
  auto when = start;
  std::optional<instant::duration> wait;
  for (int i = 0; i < 1000 && (!wait || *wait == instant::duration{0}); ++i) {
    allowed.came_to_nothing(network, true, when);
    wait = in.arrive(when);
  }
  ASSERT_GT(*wait, instant::duration{0});
  EXPECT_EQ(in.reading_changes(when), inlet::reading::paused);
  EXPECT_FALSE(in.begin_taking());
  EXPECT_FALSE(in.arrives_now(when));

  when += *wait;
  ASSERT_TRUE(in.arrives_now(when));
  in.arrived();
  EXPECT_EQ(in.reading_changes(when), inlet::reading::on);
  EXPECT_TRUE(in.begin_taking());
}

TEST_F(Inlet, HearsNothingOnceItIsStopped) {
  settings.rate.requests_per_second = 1;
  settings.rate.request_burst = 1;
  log_in();
  hear("HELP\nHELP\n");
  in.park(command::post{"Général", "x"}, start);
  in.stop();

  EXPECT_EQ(take(start + 1min), 0u);
  EXPECT_FALSE(in.parked_too_long(start + 1min));
  EXPECT_FALSE(in.charge_read(100, true, start + 1min).wake_after);
  EXPECT_TRUE(in.forget(inlet::max_forgotten));
  EXPECT_FALSE(in.forget(1));
}

} // namespace
} // namespace salond
