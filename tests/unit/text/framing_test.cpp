#include "protocol/text/framing.hpp"
#include <gmock/gmock.h>
#include <random>

namespace salond::text {
namespace {

using namespace std::chrono_literals;
using kind = frame_reader::frame::kind;
using testing::ElementsAre;

const instant start{1h};

/// All whole frames that are ready at `now`.
std::vector<std::string> frames(frame_reader& reader, instant now) {
  std::vector<std::string> result;
  while (auto frame = reader.next(now)) {
    if (frame->type == kind::end)
      break;
    result.push_back(frame->type == kind::whole ? frame->bytes : "<too long>");
  }
  return result;
}

TEST(LineFrames, EndInALineFeedWithOrWithoutAReturn) {
  frame_reader reader{{}};
  reader.feed("a:b\r\nc\n\nd\re\n", start);
  EXPECT_THAT(frames(reader, start), ElementsAre("a:b", "c", "", "d\re"));
  EXPECT_EQ(reader.kind(), client_kind::line);
  EXPECT_EQ(reader.deadline(), std::nullopt);
}

TEST(LineFrames, AreTheSameHoweverTheBytesAreCut) {
  const std::string bytes = "zoe:secret\r\nMSG (Général): été ):\n\n" + std::string(9000, 'x') + "\nHELP\nQUIT\r\n";
  const std::vector<std::string> expected = {"zoe:secret", "MSG (Général): été ):", "", "<too long>", "HELP", "QUIT"};
  std::mt19937 random{7};
  for (int round = 0; round < 200; ++round) {
    frame_reader reader{{}};
    std::vector<std::string> got;
    for (size_t at = 0; at < bytes.size();) {
      const auto size = std::min<size_t>(round == 0 ? 1 : 1 + random() % 4000, bytes.size() - at);
      reader.feed(std::string_view{bytes}.substr(at, size), start);
      for (auto& frame : frames(reader, start))
        got.push_back(std::move(frame));
      at += size;
    }
    ASSERT_EQ(got, expected) << "round " << round;
    ASSERT_EQ(reader.unread(), 0u);
  }
}

TEST(LineFrames, TooLongOnesAreSkippedToTheirEnd) {
  frame_reader reader{{150ms, 20ms, 25ms, 8}};
  reader.feed("12345678\n123456789\nok\n123456789", start);
  EXPECT_THAT(frames(reader, start), ElementsAre("12345678", "<too long>", "ok", "<too long>"));
  reader.feed("more of it", start);
  EXPECT_THAT(frames(reader, start), ElementsAre());
  EXPECT_EQ(reader.unread(), 0u); // what is skipped is not kept
  reader.feed("\nafter\n", start);
  EXPECT_THAT(frames(reader, start), ElementsAre("after"));
}

TEST(LineFrames, TheEndOfTheInputEndsOneToo) {
  frame_reader reader{{}};
  reader.feed("a:b\nQUIT", start);
  EXPECT_THAT(frames(reader, start), ElementsAre("a:b"));
  reader.end_input();
  EXPECT_EQ(reader.next(start)->bytes, "QUIT");
  EXPECT_EQ(reader.next(start)->type, kind::end);
  EXPECT_EQ(reader.next(start), std::nullopt);
}

TEST(RawFrames, BeginWhenNoLineFeedCameInTime) {
  frame_reader reader{{}};
  reader.feed("zoe:", start);
  reader.feed("secret", start + 100ms);
  EXPECT_THAT(frames(reader, start + 149ms), ElementsAre());
  EXPECT_EQ(reader.deadline(), start + 150ms);
  EXPECT_THAT(frames(reader, start + 150ms), ElementsAre("zoe:secret"));
  EXPECT_EQ(reader.kind(), client_kind::raw);
}

TEST(RawFrames, AreCutByPauses) {
  frame_reader reader{{}};
  reader.feed("zoe:secret", start);
  EXPECT_THAT(frames(reader, start + 150ms), ElementsAre("zoe:secret"));
  reader.feed("MSG (Blabla):", start + 1s);
  reader.feed("coucou\n", start + 1s + 19ms);
  EXPECT_THAT(frames(reader, start + 1s + 38ms), ElementsAre());
  EXPECT_EQ(reader.deadline(), start + 1s + 39ms);
  EXPECT_THAT(frames(reader, start + 1s + 39ms), ElementsAre("MSG (Blabla):coucou"));
}

TEST(RawFrames, KeepTheirBoundsWhileNobodyAsks) {
  frame_reader reader{{}};
  reader.feed("zoe:secret", start);
  reader.feed("HELP", start + 160ms);
  reader.feed("QU", start + 200ms);
  reader.feed("IT", start + 210ms);
  EXPECT_THAT(frames(reader, start + 300ms), ElementsAre("zoe:secret", "HELP", "QUIT"));
}

TEST(RawFrames, JoinsThatAreStuckTogetherAreTakenApart) {
  frame_reader reader{{}};
  reader.feed("zoe:secret", start);
  frames(reader, start + 150ms);
  reader.feed("JOIN:BlablaJOIN:InformatiqueJOIN:", start + 1s);
  EXPECT_THAT(frames(reader, start + 2s), ElementsAre("JOIN:Blabla", "JOIN:Informatique", "JOIN:"));
  reader.feed("MSG (x):JOIN:y", start + 3s);
  EXPECT_THAT(frames(reader, start + 4s), ElementsAre("MSG (x):JOIN:y"));
}

TEST(RawFrames, LoseOneReturnOrLineFeedAtTheirEnd) {
  frame_reader reader{{}};
  reader.feed("zoe:secret", start);
  frames(reader, start + 150ms);
  reader.feed("a\r\n", start + 1s);
  EXPECT_THAT(frames(reader, start + 2s), ElementsAre("a\r"));
}

TEST(RawFrames, TooLongOnesAreFatalAlsoBeforeTheKindIsKnown) {
  frame_reader unknown{{}};
  unknown.feed(std::string(8193, 'x'), start);
  EXPECT_EQ(unknown.next(start)->type, kind::fatally_too_long);
  frame_reader raw{{}};
  raw.feed("zoe:secret", start);
  frames(raw, start + 150ms);
  raw.feed(std::string(8193, 'x'), start + 1s);
  EXPECT_EQ(raw.next(start + 1s)->type, kind::fatally_too_long);
}

TEST(LineFrames, TakeAReturnAtTheLimitForAnEndThatIsUnderWay) {
  frame_reader reader{{150ms, 20ms, 25ms, 8}};
  for (const auto* piece : {"a:b\n", "12345678\r", "\n123456789\r", "\n12345678\r\n"})
    reader.feed(piece, start), reader.next(start);
  reader.feed("12345678\r", start);
  EXPECT_THAT(frames(reader, start), ElementsAre("12345678"));
  reader.feed("\n", start);
  EXPECT_THAT(frames(reader, start), ElementsAre("12345678"));
}

TEST(LineFrames, AFirstOneAtTheLimitMayEndInAReturnToo) {
  frame_reader reader{{150ms, 20ms, 25ms, 8}};
  reader.feed("12345678\r", start);
  EXPECT_EQ(reader.next(start), std::nullopt);
  reader.feed("\nok\n", start);
  EXPECT_THAT(frames(reader, start), ElementsAre("12345678", "ok"));
}

TEST(LineFrames, AFirstOneThatIsTooLongIsFatalHoweverItIsCut) {
  for (const auto piece : {1u, 7u, 8u, 9u, 10u, 20u}) {
    frame_reader reader{{150ms, 20ms, 25ms, 8}};
    const std::string_view bytes = "123456789\nok\n";
    std::vector<kind> got;
    for (size_t at = 0; at < bytes.size(); at += piece) {
      reader.feed(bytes.substr(at, piece), start);
      while (const auto frame = reader.next(start))
        got.push_back(frame->type);
    }
    EXPECT_THAT(got, ElementsAre(kind::fatally_too_long)) << piece;
    EXPECT_EQ(reader.unread(), 0u);
    EXPECT_EQ(reader.deadline(), std::nullopt);
  }
}

TEST(LineFrames, AnEndOfTheInputInsideARefusedLineEndsNoFrame) {
  frame_reader reader{{150ms, 20ms, 25ms, 8}};
  reader.feed("a:b\n123456789 and more", start);
  reader.end_input();
  EXPECT_THAT(frames(reader, start), ElementsAre("a:b", "<too long>"));
  EXPECT_EQ(reader.next(start), std::nullopt);
}

TEST(LineFrames, FortyInOneSegmentAreForty) {
  frame_reader reader{{}};
  std::string bytes;
  std::vector<std::string> expected;
  for (int i = 0; i < 40; ++i) {
    expected.push_back("MSG (Général): ligne " + std::to_string(i) + std::string(1, '\0'));
    bytes += expected.back() + "\n";
  }
  reader.feed(bytes, start);
  EXPECT_EQ(frames(reader, start), expected);
}

TEST(RawFrames, MayBeAsLongAsTheLimitBesideTheirEnd) {
  frame_reader reader{{150ms, 20ms, 25ms, 8}};
  reader.feed("zoe:1234", start);
  EXPECT_THAT(frames(reader, start + 150ms), ElementsAre("zoe:1234"));
  reader.feed("12345678\n", start + 1s);
  EXPECT_THAT(frames(reader, start + 2s), ElementsAre("12345678"));
  reader.feed("12345678\n", start + 3s);
  EXPECT_EQ(reader.next(start + 3s), std::nullopt);
  reader.feed("9", start + 3s + 1ms);
  EXPECT_EQ(reader.next(start + 3s + 1ms)->type, kind::fatally_too_long);
  EXPECT_EQ(reader.next(start + 9s), std::nullopt);
}

TEST(RawFrames, CountAsUnreadUntilEachOfTheirCommandsWasTaken) {
  frame_reader reader{{}};
  reader.feed("zoe:secret", start);
  frames(reader, start + 150ms);
  reader.feed("JOIN:aJOIN:b\n", start + 1s);
  EXPECT_EQ(reader.next(start + 2s)->bytes, "JOIN:a");
  EXPECT_EQ(reader.unread(), 7u);
  EXPECT_EQ(reader.next(start + 2s)->bytes, "JOIN:b");
  EXPECT_EQ(reader.unread(), 0u);
}

TEST(RawFrames, KeepTheirBoundsWhileTheirCommandsAreTakenOneByOne) {
  frame_reader reader{{}};
  reader.feed("zoe:secret", start);
  frames(reader, start + 150ms);
  reader.feed("JOIN:aJOIN:b", start + 1s);
  EXPECT_EQ(reader.next(start + 2s)->bytes, "JOIN:a");
  reader.feed("HELP", start + 2s);
  EXPECT_THAT(frames(reader, start + 3s), ElementsAre("JOIN:b", "HELP"));
}

TEST(RawFrames, BeginAtAnyTimeAlsoAtTheClocksVeryFirst) {
  frame_reader reader{{}};
  reader.feed("a", instant{});
  reader.feed("b", instant{} + 140ms);
  EXPECT_EQ(reader.deadline(), instant{} + 150ms);
  EXPECT_THAT(frames(reader, instant{} + 150ms), ElementsAre("ab"));
}

TEST(RawFrames, AreEndedByTheEndOfTheInputAtOnce) {
  frame_reader reader{{}};
  reader.feed("a:b", start);
  reader.end_input();
  EXPECT_EQ(reader.next(start)->bytes, "a:b");
  EXPECT_EQ(reader.kind(), client_kind::raw);
  EXPECT_EQ(reader.next(start)->type, kind::end);
}

TEST(Frames, GiveMemoryBackWhenTheyAreTaken) {
  frame_reader reader{{}};
  for (int i = 0; i < 1000; ++i)
    reader.feed("x\n", start);
  EXPECT_EQ(frames(reader, start).size(), 1000u);
  EXPECT_EQ(reader.unread(), 0u);
}

} // namespace
} // namespace salond::text
