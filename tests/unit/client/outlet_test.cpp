// What waits for a client, and of whom: where room ends, where something is left out, where the client is cut off; and
// how the output ends. With the text dialect's codec and no socket: what the kernel takes is said by the test.
#include "actors/client/outlet.hpp"
#include "protocol/text/text_codec.hpp"
#include "protocol/text/wire_text.hpp"
#include <gmock/gmock.h>

namespace salond {
namespace {

using namespace std::chrono_literals;
using room = outlet::room;
using testing::ElementsAre;
using testing::IsEmpty;

const instant start{1h};

event::any text(size_t bytes) {
  return event::said{salon_id{1}, "Général", "zoë", std::string(bytes, 'x'), 1, {}};
}

class Outlet : public testing::Test {
protected:
  /// A client that ends its frames.
  void line_client() {
    codec.feed("zoë:secret\n", start);
    codec.next(start);
    turn(start);
  }
  /// The old desktop client, whose writes are paced.
  void raw_client() {
    codec.feed("zoë:secret", start);
    codec.next(start + 150ms);
    turn(start + 150ms);
  }
  /// As a connection does once a turn of the loop.
  void turn(instant now) {
    if (!out.passing())
      out.drain(now);
  }
  void hear(size_t bytes, instant now = start) {
    auto texts = std::make_shared<spelled_texts>();
    text::spell_to(*texts, text(bytes));
    out.passing() ? out.pass(texts) : out.hear(texts, now);
  }
  /// The kernel takes so much, or all.
  std::string take(size_t most = std::string::npos) {
    std::string all;
    while (all.size() < most && queue.waiting() != 0) {
      iovec part{};
      queue.gather(&part, 1);
      const auto size = std::min(part.iov_len, most - all.size());
      all.append(static_cast<const char*>(part.iov_base), size);
      queue.advance(size);
    }
    return all;
  }
  static std::string wire(const event::any& event) { return text::spell(event); }

  text::text_codec codec{{}};
  send_queue queue;
  outlet out{codec, queue};
};

TEST_F(Outlet, SharesWhatIsSpelledOnceTheCodecWouldOnlyGiveItOutAgain) {
  EXPECT_FALSE(out.passing()); // the client may turn out to be raw
  line_client();
  ASSERT_TRUE(out.passing());

  out.answer(event::help{}, start);
  EXPECT_FALSE(out.passing());
  hear(3);
  EXPECT_EQ(queue.unsent(), 0u); // behind the answer, in the codec
  turn(start);

  EXPECT_EQ(take(), wire(event::help{}) + wire(text(3)));
  EXPECT_TRUE(out.passing());
  hear(3);
  EXPECT_EQ(take(), wire(text(3))); // at once
}

TEST_F(Outlet, HoldsTheNextAnswerUntilTheClientHasRead) {
  line_client();
  EXPECT_TRUE(out.has_room());
  out.answer(text(outlet::max_unread_answers), start);
  EXPECT_FALSE(out.has_room());
  turn(start);
  EXPECT_FALSE(out.has_room());

  take();
  EXPECT_TRUE(out.has_room());
}

TEST_F(Outlet, CutsOffWhoDoesNotReadWhatOthersSay) {
  line_client();
  EXPECT_EQ(out.room_for_others(100), room::enough);
  hear(200); // no text is too long for who has read all before it
  EXPECT_EQ(out.room_for_others(100), room::too_slow);
  EXPECT_EQ(out.room_for_others(0), room::enough); // no bound

  take();
  EXPECT_EQ(out.room_for_others(100), room::enough);
}

TEST_F(Outlet, NeverCutsOffForAnAnswer) {
  line_client();
  out.answer(text(1000), start);
  hear(50);
  EXPECT_EQ(out.room_for_others(200), room::enough);
  hear(200);
  EXPECT_EQ(out.room_for_others(200), room::too_slow);
}

TEST_F(Outlet, LeavesOutWhatIsTooMuchForThePaceUntilHalfOfItIsTold) {
  raw_client();
  auto now = start + 150ms;
  hear(900, now);
  turn(now);
  take(); // it reads all that it is written
  for (int i = 0; i < 4; ++i)
    hear(900, now);

  EXPECT_EQ(out.room_for_others(3000), room::left_out_at_first);
  EXPECT_EQ(out.room_for_others(3000), room::left_out);
  out.hear(event::refused{fault::too_slow, {}}, now); // its reason is told all the same
  size_t rounds = 0;
  while (out.room_for_others(3000) == room::left_out) {
    ASSERT_LT(++rounds, 10u);
    turn(now += 25ms);
    take();
  }
  EXPECT_LE(out.unsent(), 1500u);
  EXPECT_GT(out.unsent(), 0u);
  EXPECT_TRUE(out.open());
}

TEST_F(Outlet, ConfirmsWhatItAnswersThoughItLeavesOutWhatOthersSay) {
  raw_client();
  auto now = start + 150ms;
  for (int i = 0; i < 5; ++i)
    hear(900, now);
  turn(now);
  take();
  ASSERT_EQ(out.room_for_others(3000), room::left_out_at_first);

  out.confirm(decided_request{salon_id{1}, "Général", true, {}});
  EXPECT_FALSE(out.confirms()) << "others told it, and it was left out";
  out.confirm_answered(decided_request{salon_id{1}, "Général", true, {}});
  EXPECT_TRUE(out.confirms());
}

TEST_F(Outlet, CutsOffARawClientThatDoesNotRead) {
  raw_client();
  hear(900, start + 1s);
  turn(start + 1s); // in the queue, and not taken
  hear(3000, start + 1s);

  EXPECT_TRUE(out.waits_for_peer());
  turn(start + 2s); // what waits for the pace stays where it is shared with others
  EXPECT_LT(queue.unsent(), 1000u);
  EXPECT_EQ(out.room_for_others(3000), room::too_slow);
}

TEST_F(Outlet, CountsAsDeliveredWhatIsWrittenToItsLastByte) {
  line_client();
  out.answer(event::said_privately{private_id{1}, "paul", "un", {}}, start);
  hear(100);
  out.hear(event::said_privately{private_id{2}, "paul", "deux", {}}, start);
  out.confirm(private_id{2});
  out.confirm(decided_request{salon_id{1}, "Général", true, {}});
  turn(start);

  EXPECT_TRUE(out.confirms());
  take(wire(event::said_privately{private_id{1}, "paul", "un", {}}).size() - 1);
  EXPECT_THAT(out.take_written().messages, IsEmpty());
  take(1);
  EXPECT_THAT(out.take_written().messages, ElementsAre(private_id{1}));
  take();
  const auto rest = out.take_written();
  EXPECT_THAT(rest.messages, ElementsAre(private_id{2}));
  EXPECT_EQ(rest.decisions.size(), 1u);
  EXPECT_FALSE(out.confirms());
}

TEST_F(Outlet, PartsWithItsLastWordsBehindWhatWaits) {
  line_client();
  hear(3);
  out.part(event::stopping{}, start);

  EXPECT_FALSE(out.open());
  EXPECT_EQ(out.closes_by(), start + outlet::closing_time);
  EXPECT_EQ(out.room_for_others(0), room::closed);
  out.answer(event::help{}, start);
  out.confirm(decided_request{salon_id{1}, "Général", true, {}});
  out.cut_off(event::refused{fault::too_slow, {}}, start); // it is told one last word
  EXPECT_FALSE(out.confirms());
  turn(start);
  EXPECT_FALSE(out.all_is_out());
  EXPECT_EQ(take(), wire(text(3)) + wire(event::stopping{}));
  EXPECT_TRUE(out.all_is_out());

  out.end();
  EXPECT_TRUE(out.ended());
  EXPECT_FALSE(out.all_is_out()); // it is ended once
  out.close_by(start + 1s);
  EXPECT_EQ(out.closes_by(), start + 1s);
  out.close_by(start + 2s);
  EXPECT_EQ(out.closes_by(), start + 1s);
}

TEST_F(Outlet, IsCutOffBehindTheLineThatIsBegun) {
  line_client();
  hear(3);
  hear(3);
  out.answer(event::said_privately{private_id{1}, "paul", "un", {}}, start);
  turn(start);
  const auto begun = take(5);
  out.cut_off(event::refused{fault::too_slow, {}}, start);

  EXPECT_FALSE(out.confirms()); // it was not written
  turn(start);
  EXPECT_EQ(begun + take(), wire(text(3)) + wire(event::refused{fault::too_slow, {}}));
  EXPECT_TRUE(out.all_is_out());
}

TEST_F(Outlet, IsCutOffWithoutPaceWhereNothingIsBegun) {
  raw_client();
  for (int i = 0; i < 4; ++i)
    hear(900, start + 1s);
  out.cut_off(event::refused{fault::too_slow, {}}, start + 1s);

  EXPECT_EQ(take(), wire(event::refused{fault::too_slow, {}}));
  EXPECT_TRUE(out.all_is_out());
}

} // namespace
} // namespace salond
