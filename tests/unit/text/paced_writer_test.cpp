#include "protocol/text/framing.hpp"
#include "protocol/words/names.hpp"
#include <gtest/gtest.h>

namespace salond::text {
namespace {

using namespace std::chrono_literals;

const instant start{1h};

TEST(PacedWriter, WritesTheFirstTextAtOnceAndThenOneAPace) {
  paced_writer writer{25ms};
  writer.say("un");
  writer.say("deux");
  EXPECT_EQ(writer.unsent(), 6u);
  EXPECT_EQ(writer.next(start), "un");
  EXPECT_EQ(writer.next(start + 24ms), std::nullopt);
  EXPECT_EQ(writer.deadline(), start + 25ms);
  EXPECT_EQ(writer.next(start + 25ms), "deux");
  EXPECT_EQ(writer.deadline(), std::nullopt);
  writer.say("trois"); // the pace holds behind an empty queue too
  EXPECT_EQ(writer.next(start + 30ms), std::nullopt);
  EXPECT_EQ(writer.next(start + 50ms), "trois");
  EXPECT_EQ(writer.unsent(), 0u);
}

TEST(PacedWriter, CutsLongTextsBetweenCharacters) {
  paced_writer writer{25ms};
  std::string text = "x";
  for (int i = 0; i < 1000; ++i)
    text += "é";
  writer.say(text);
  std::string got;
  auto now = start;
  while (auto piece = writer.next(now)) {
    EXPECT_LE(piece->size(), 1024u);
    EXPECT_TRUE(is_utf8(*piece));
    got += *piece;
    now += 25ms;
  }
  EXPECT_EQ(got, text);
  EXPECT_EQ(now, start + 50ms);
}

TEST(PacedWriter, SharesWhatOthersAreToldToo) {
  const auto bytes = std::make_shared<const std::string>("zoé: " + std::string(3000, 'x'));
  const std::string_view all = *bytes;
  paced_writer writer{25ms}, other{25ms};
  for (auto* each : {&writer, &other})
    each->say(bytes, all.substr(6), all.substr(0, 6));
  EXPECT_EQ(bytes.use_count(), 3);
  EXPECT_EQ(writer.unsent(), 3000u + 3 * 6);
  std::string got;
  for (auto now = start; writer.unsent() > 0; now += 25ms)
    got += writer.next(now).value_or("late").substr(6);
  EXPECT_EQ(got, all.substr(6));
  EXPECT_EQ(bytes.use_count(), 2);
}

TEST(PacedWriter, JoinsTextsOnceMoreThanFortyWait) {
  paced_writer writer{25ms};
  for (int i = 0; i < 42; ++i)
    writer.say("x");
  std::string joined = "x";
  for (int i = 1; i < 42; ++i)
    joined += "\nx";
  EXPECT_EQ(writer.next(start), joined);
}

TEST(PacedWriter, KeepsFortyTextsApart) {
  paced_writer writer{25ms};
  for (int i = 0; i < 40; ++i)
    writer.say("x");
  EXPECT_EQ(writer.next(start), "x");
  EXPECT_EQ(writer.next(start + 25ms), "x");
}

TEST(PacedWriter, NeverJoinsAboveTheOldClientsRead) {
  paced_writer writer{25ms};
  for (int i = 0; i < 100; ++i)
    writer.say(std::string(300, 'x'));
  EXPECT_EQ(writer.next(start)->size(), 3u * 300 + 2);
}

TEST(PacedWriter, JoinsUpToTheOldClientsReadWithTheLineEndsBetween) {
  for (const auto& [second, size] : {std::pair<size_t, size_t>{511, 1024}, {512, 512}}) {
    paced_writer writer{25ms};
    writer.say(std::string(512, 'x'));
    writer.say(std::string(second, 'x'));
    for (int i = 0; i < 40; ++i)
      writer.say(std::string(1024, 'x'));
    EXPECT_EQ(writer.next(start)->size(), size);
  }
}

TEST(PacedWriter, ClosesWithinASecondWithTheClosingTextApart) {
  paced_writer writer{25ms};
  for (int i = 0; i < 1000; ++i)
    writer.say(std::string(500, 'x'));
  writer.close("adieu", start);
  std::string last;
  auto now = start;
  size_t bytes = 0;
  for (; writer.unsent() > 0; now += 100us)
    if (auto text = writer.next(now)) {
      EXPECT_LE(text->size(), 1024u);
      bytes += text->size();
      last = *text;
    }
  EXPECT_EQ(last, "adieu");
  EXPECT_LT(now - start, 1s);
  EXPECT_EQ(bytes, 1000u * 500 + 500 + 5); // each pair with a line feed between
}

TEST(PacedWriter, NeverJoinsTheFramesOfALogin) {
  paced_writer writer{25ms};
  for (const auto* frame : {"CONNECTED", "[]", "[]"})
    writer.say_alone(frame);
  for (int i = 0; i < 50; ++i)
    writer.say("x");
  writer.close("adieu", start);
  auto now = start;
  std::vector<std::string> got;
  for (; writer.unsent() > 0; now += 25ms)
    if (auto text = writer.next(now))
      got.push_back(*text);
  ASSERT_EQ(got.size(), 5u);
  EXPECT_EQ(got[0], "CONNECTED");
  EXPECT_EQ(got[1], "[]");
  EXPECT_EQ(got[2], "[]");
  EXPECT_EQ(got[3].size(), 99u);
  EXPECT_EQ(got[4], "adieu");
}

TEST(PacedWriter, CutsAClosingTextThatIsLongToo) {
  paced_writer writer{25ms};
  writer.close(std::string(2500, 'x'), start);
  EXPECT_EQ(writer.next(start)->size(), 1024u);
  EXPECT_EQ(writer.next(start + 25ms)->size(), 1024u);
  EXPECT_EQ(writer.next(start + 50ms)->size(), 452u);
  EXPECT_EQ(writer.unsent(), 0u);
}

TEST(PacedWriter, CatchesUpWhenItIsAskedLateWhileClosing) {
  paced_writer writer{25ms};
  for (int i = 0; i < 35; ++i)
    writer.say(std::string(1000, 'x'));
  writer.close("adieu", start);
  std::string last;
  for (auto now = start; now < start + 1s; now += 60ms) // a timer that is always late
    while (auto text = writer.next(now))
      last = *text;
  EXPECT_EQ(last, "adieu");
}

TEST(PacedWriter, KeepsThePaceWhenClosingHasTime) {
  paced_writer writer{25ms};
  writer.say("un");
  EXPECT_EQ(writer.next(start), "un");
  writer.close("adieu", start);
  EXPECT_EQ(writer.next(start + 24ms), std::nullopt);
  EXPECT_EQ(writer.next(start + 25ms), "adieu");
  EXPECT_EQ(writer.deadline(), std::nullopt);
}

} // namespace
} // namespace salond::text
