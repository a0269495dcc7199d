// Frames between nodes as bytes: each field arrives, what is not known is left out, what is wrong is refused.
#include "actors/cluster/frame_codec.hpp"
#include "tests/support/fields.hpp"
#include <gmock/gmock.h>

namespace salond::cluster {
namespace {

using outcome = frame_reader::outcome;

std::string bytes_of(const frame& sent) {
  std::string bytes;
  EXPECT_TRUE(append_frame(bytes, sent));
  return bytes;
}

/// A frame with these bytes behind its length.
std::string framed(const std::string& content) {
  const auto size = content.size();
  return {std::string{static_cast<char>(size >> 24), static_cast<char>(size >> 16), static_cast<char>(size >> 8),
                      static_cast<char>(size)}
          + content};
}

frame filled(size_t alternative) {
  frame result;
  support::field_filler filler{alternative};
  filler.fill(result.body);
  result.number = is_control(result.body) ? 0 : 1234567;
  return result;
}

outcome outcome_of(const std::string& bytes, std::string* why = nullptr) {
  frame_reader reader;
  reader.feed(bytes);
  const auto result = reader.next();
  if (why)
    *why = reader.why();
  return result;
}

std::string why_refused(const std::string& bytes) {
  std::string why;
  EXPECT_EQ(outcome_of(bytes, &why), outcome::broken);
  return why;
}

class EachFrame : public testing::TestWithParam<size_t> {};

} // namespace

TEST_P(EachFrame, ArrivesAsItWasSentInEveryField) {
  const auto sent = filled(GetParam());
  frame_reader reader;
  reader.feed(bytes_of(sent));

  ASSERT_EQ(reader.next(), outcome::taken) << reader.why();

  EXPECT_EQ(reader.taken().body.index(), GetParam());
  EXPECT_EQ(reader.taken().number, sent.number);
  EXPECT_TRUE(support::same_fields{}(reader.taken().body, sent.body));
  EXPECT_EQ(reader.next(), outcome::incomplete);
  EXPECT_EQ(reader.unread(), 0u);
}

TEST_P(EachFrame, ArrivesHoweverItIsCut) {
  const auto sent = filled(GetParam());
  const auto bytes = bytes_of(sent);
  frame_reader reader;

  for (size_t i = 0; i + 1 < bytes.size(); ++i) {
    reader.feed(bytes.substr(i, 1));
    ASSERT_EQ(reader.next(), outcome::incomplete) << i;
  }
  reader.feed(bytes.substr(bytes.size() - 1));

  ASSERT_EQ(reader.next(), outcome::taken);
  EXPECT_TRUE(support::same_fields{}(reader.taken().body, sent.body));
}

// Its length is right, its content is not: fields are missing, or one is cut.
TEST_P(EachFrame, ThatEndsInItsMiddleIsNeverTakenForWhatItWas) {
  const auto sent = filled(GetParam());
  const auto bytes = bytes_of(sent);

  for (size_t size = bytes.size() - 1; size > 4; --size) {
    frame_reader reader;
    reader.feed(framed(bytes.substr(4, size - 4)));
    if (reader.next() == outcome::taken) {
      EXPECT_FALSE(support::same_fields{}(reader.taken().body, sent.body)) << size;
    }
  }
}

TEST_P(EachFrame, LeavesOutFieldsOfALaterVersion) {
  const auto sent = filled(GetParam());
  const auto content = bytes_of(sent).substr(4);
  const std::string number{"\xc8\x01\x2a", 3}, text{"\xcb\x01\x03new", 6}; // fields 100 and 101
  frame_reader reader;
  reader.feed(framed(content + number + text));

  ASSERT_EQ(reader.next(), outcome::taken) << reader.why();

  EXPECT_TRUE(support::same_fields{}(reader.taken().body, sent.body));
}

INSTANTIATE_TEST_SUITE_P(All, EachFrame, testing::Range<size_t>(0, std::variant_size_v<frame_body>));

TEST(FrameCodec, SpellsAFrameInTheseBytes) {
  EXPECT_EQ(bytes_of({5, attach{{7}, 300}}), std::string("\0\0\0\7\x10\5\2\7\4\xac\2", 11));
  EXPECT_EQ(bytes_of({0, farewell{"bye"}}), std::string("\0\0\0\7\3\0\3\3bye", 11));
}

TEST(FrameCodec, ReadsSeveralFramesOfOnePiece) {
  frame_reader reader;
  reader.feed(bytes_of({1, news{17}}) + bytes_of({2, news{18}}) + bytes_of({3, news{19}}).substr(0, 5));

  ASSERT_EQ(reader.next(), outcome::taken);
  EXPECT_EQ(std::get<news>(reader.taken().body).number, 17);
  ASSERT_EQ(reader.next(), outcome::taken);
  EXPECT_EQ(std::get<news>(reader.taken().body).number, 18);
  EXPECT_EQ(reader.next(), outcome::incomplete);
  EXPECT_EQ(reader.unread(), 5u);
}

TEST(FrameCodec, LeavesOutAKindThatItDoesNotKnowAndTellsItsNumber) {
  frame_reader reader;
  reader.feed(framed(std::string("\x7f\x09\xff\xff", 4)) + bytes_of({10, news{1}}));

  ASSERT_EQ(reader.next(), outcome::unknown);
  EXPECT_EQ(reader.number(), 9);
  EXPECT_EQ(reader.next(), outcome::taken);
}

TEST(FrameCodec, TakesAReasonThatItDoesNotKnowForTheOneThatIsTrue) {
  batch sent{{1}, {1}, 0, {}, {{{5}, static_cast<fault>(200)}}};
  frame_reader reader;
  reader.feed(bytes_of({1, sent}));

  ASSERT_EQ(reader.next(), outcome::taken);
  EXPECT_EQ(std::get<batch>(reader.taken().body).refused.at(0).reason, fault::storage);
}

TEST(FrameCodec, RefusesWhatIsNoFrameAndNothingIsReadAfterIt) {
  EXPECT_EQ(why_refused(std::string("\xff\xff\xff\xff", 4)), "a frame that is too long");
  EXPECT_EQ(why_refused("GET / HTTP/1.1\r\n\r\n"), "a frame that is too long");
  EXPECT_EQ(why_refused(framed("")), "a frame without kind and number");
  EXPECT_EQ(why_refused(framed("\x10")), "a frame without kind and number");
  EXPECT_EQ(why_refused(framed(std::string("\x10\1\2", 3))), "it is cut");
  EXPECT_EQ(why_refused(framed(std::string("\x13\1\x0d\x7fx", 5))), "it is cut");
  EXPECT_EQ(why_refused(framed(std::string("\x10\1\3\1x", 5))), "bytes where a number should be");
  EXPECT_EQ(why_refused(framed(std::string("\x13\1\x0c\1", 4))), "a number where bytes should be");
  EXPECT_EQ(why_refused(framed("\x10\1\2\xff\xff\xff\xff\xff\xff\xff\xff\xff\1")), "a number that is too great");
  EXPECT_EQ(why_refused(framed("\x10\1\2\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f")), "it is cut");

  frame_reader reader;
  reader.feed(framed("") + bytes_of({1, news{1}}));
  EXPECT_EQ(reader.next(), outcome::broken);
  EXPECT_EQ(reader.next(), outcome::broken);
  EXPECT_EQ(reader.unread(), 0u);
}

TEST(FrameCodec, RefusesWhatNoNodeWouldSay) {
  const auto no_node = "what no node would say";
  EXPECT_EQ(why_refused(bytes_of({0, hello{}})), no_node);
  EXPECT_EQ(why_refused(bytes_of({0, hello{{1}, {2}, 1, {3, 2}, ""}})), no_node) << "newest before oldest";
  EXPECT_EQ(why_refused(bytes_of({0, welcome{}})), no_node);
  EXPECT_EQ(why_refused(bytes_of({0, gone{}})), no_node);
  EXPECT_EQ(why_refused(bytes_of({1, attach{{0}, 1}})), no_node) << "a salon that cannot be";
  EXPECT_EQ(why_refused(bytes_of({1, attached{{1}, 1, {0}, 5, {}, {}}})), no_node) << "an epoch that cannot be";
  EXPECT_EQ(why_refused(bytes_of({1, post{{1}, {1}, {1}, {}, {0}, "x"}})), no_node);
  EXPECT_EQ(why_refused(bytes_of({1, private_message{}})), no_node);
  const stored_row third{3, {1}, {1}, "x", {}}, second{2, {2}, {1}, "y", {}};
  EXPECT_EQ(why_refused(bytes_of({1, batch{{1}, {1}, 1, {third, second}, {}}})), no_node) << "out of order";
  EXPECT_EQ(why_refused(bytes_of({1, batch{{1}, {1}, 2, {second}, {}}})), no_node) << "not behind the one before";
}

TEST(FrameCodec, RefusesANumberWhereNoneBelongsAndTheReverse) {
  EXPECT_EQ(outcome_of(bytes_of({1, ping{}})), outcome::broken);
  EXPECT_EQ(outcome_of(bytes_of({0, news{}})), outcome::broken);
}

TEST(FrameCodec, BoundsLists) {
  attached many{{1}, 1, {1}, 0, {}, {}};
  many.pending.assign(max_entries, {1});
  EXPECT_EQ(outcome_of(bytes_of({1, many})), outcome::taken);
  many.pending.push_back({1});
  EXPECT_EQ(why_refused(bytes_of({1, many})), "a list that is too long");

  usages rows;
  rows.all.resize(max_entries + 1);
  EXPECT_EQ(why_refused(bytes_of({1, rows})), "a list that is too long");
}

TEST(FrameCodec, WritesNoFrameThatWouldNotBeRead) {
  std::string bytes = "before";

  EXPECT_FALSE(append_frame(bytes, {1, post{{1}, {1}, {1}, {}, {1}, std::string(max_frame_bytes, 'x')}}));

  EXPECT_EQ(bytes, "before");
}

TEST(FrameCodec, CutsABatchSoThatEachPieceNamesTheMessageBeforeIt) {
  batch whole{{7}, {3}, 10, {}, {{{99}, fault::busy}}};
  for (int64_t seq = 11; seq < 21; ++seq)
    whole.rows.push_back({2 * seq, {seq}, {1}, std::string(100, 'x'), {}});

  const auto pieces = cut(whole, 450);

  ASSERT_EQ(pieces.size(), 4u);
  int64_t before = 10;
  std::vector<stored_row> rows;
  for (const auto& piece : pieces) {
    EXPECT_EQ(piece.salon, whole.salon);
    EXPECT_EQ(piece.epoch, whole.epoch);
    EXPECT_EQ(piece.before, before);
    rows.insert(rows.end(), piece.rows.begin(), piece.rows.end());
    before = rows.back().seq;
    EXPECT_EQ(piece.refused.size(), &piece == &pieces.back() ? 1u : 0u);
  }
  EXPECT_TRUE(support::same_fields{}(rows, whole.rows));
}

TEST(FrameCodec, LeavesABatchWholeThatHoldsOnlyRefusals) {
  const auto pieces = cut({{7}, {3}, 10, {}, {{{99}, fault::busy}}}, 1);

  ASSERT_EQ(pieces.size(), 1u);
  EXPECT_EQ(pieces[0].refused.size(), 1u);
}

} // namespace salond::cluster
