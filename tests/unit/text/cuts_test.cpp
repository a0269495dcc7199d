// However TCP cuts what a client says, it is understood alike: random conversations, cut at random.
#include "protocol/text/text_codec.hpp"
#include "protocol/text/wire_text.hpp"
#include "tests/support/utterance_words.hpp"
#include <gmock/gmock.h>
#include <random>

namespace salond::text {
namespace {

using namespace std::chrono_literals;
using support::words;
using testing::ElementsAre;

const instant start{1h};

std::string conversation(std::mt19937& random) {
  static const std::string frames[] = {
      "l'été \"x\"; DROP TABLE -- \\ 🦊:se:cret",
      "MSG (Général): hello ): là",
      "MSG (Général):",
      "JOIN:Blabla",
      "PRIVATE:l'été \"x\"; DROP TABLE -- \\ 🦊: psst",
      "PASSWORD:a:b:c",
      "HISTORY:Général:7",
      "\xC3",
      std::string("\0\x01\x7F", 3),
      "\xED\xA0\x80",
      "",
      std::string(65, 'x'),
      std::string(64, 'x'),
      "HELP",
      "GET / HTTP/1.1",
  };
  std::string result;
  for (auto count = random() % 12; count-- > 0;) {
    result += frames[random() % std::size(frames)];
    result += random() % 3 == 0 ? "\r\n" : "\n";
  }
  return random() % 2 == 0 ? result : result + frames[random() % std::size(frames)]; // a last frame without an end
}

/// What is understood when the bytes come in pieces of up to `most`, all at once in time, and the input then ends.
std::vector<std::string> understood(std::string_view bytes, size_t most, std::mt19937& random) {
  text_codec codec{{150ms, 20ms, 25ms, 64}};
  std::vector<std::string> result;
  const auto listen = [&] {
    while (const auto said = codec.next(start)) {
      result.push_back(words(said));
      if (result.back().compare(0, 6, "log in") == 0)
        codec.say(event::logged_in{"l'été", {}}, start);
    }
  };
  while (!bytes.empty()) {
    const auto size = std::min<size_t>(1 + random() % most, bytes.size());
    codec.feed(bytes.substr(0, size), start);
    bytes.remove_prefix(size);
    listen();
  }
  codec.end_input(start);
  listen();
  EXPECT_EQ(codec.unread(), 0u);
  return result;
}

TEST(Cuts, MakeNoDifference) {
  std::mt19937 random{20261125};
  for (int round = 0; round < 2000; ++round) {
    const auto bytes = conversation(random);
    const auto expected = understood(bytes, bytes.size() + 1, random);
    ASSERT_EQ(understood(bytes, 1, random), expected) << bytes;
    ASSERT_EQ(understood(bytes, 40, random), expected) << bytes;
  }
}

TEST(Cuts, OfFortyLinesInOneSegmentAreForty) {
  std::string bytes = "zoe:secret\n";
  std::vector<std::string> expected = {"log in zoe|secret"};
  for (int i = 0; i < 40; ++i) {
    bytes += "MSG (Général):ligne " + std::to_string(i) + "\n";
    expected.push_back("post Général|ligne " + std::to_string(i));
  }
  expected.push_back("end");
  std::mt19937 random{1};
  EXPECT_EQ(understood(bytes, bytes.size(), random).size(), expected.size());
  text_codec codec{{}};
  codec.feed(bytes, start);
  codec.end_input(start);
  std::vector<std::string> got;
  while (const auto said = codec.next(start)) {
    got.push_back(words(said));
    if (got.size() == 1)
      codec.say(event::logged_in{"zoe", {}}, start);
  }
  EXPECT_EQ(got, expected);
}

TEST(Cuts, OfAByteASegmentCostNoMoreThanOthers) {
  text_codec codec{{150ms, 20ms, 25ms, 0}}; // no limit: what were quadratic would take minutes
  codec.feed("zoe:secret\n", start);
  codec.next(start);
  for (int i = 0; i < 2'000'000; ++i) {
    codec.feed("x", start);
    ASSERT_EQ(codec.next(start), std::nullopt);
  }
  EXPECT_EQ(codec.unread(), 2'000'000u);
}

TEST(Cuts, OfARawClientAreItsPauses) {
  text_codec codec{{}};
  std::vector<std::string> got;
  auto now = start;
  const auto feed = [&](std::string_view bytes, std::chrono::milliseconds pause) {
    for (const auto byte : bytes)
      codec.feed({&byte, 1}, now);
    now += pause;
    while (const auto said = codec.next(now)) {
      got.push_back(words(said));
      if (got.size() == 1)
        codec.say(event::logged_in{"zoe", {}}, now);
    }
  };
  feed("zoe:", 149ms);
  feed("secret", 1ms);
  feed("MSG (Général): cou", 19ms);
  feed("cou", 20ms);
  feed("JOIN:BlablaJOIN:Informatique", 19ms);
  feed("JOIN:Marketing\r", 20ms);
  feed("HELP", 19ms);
  codec.end_input(now);
  feed("ignored", 0ms);
  EXPECT_THAT(got, ElementsAre("log in zoe|secret", "post Général|coucou", "join Blabla", "join Informatique",
                               "join Marketing", "help", "end"));
}

TEST(Cuts, OfALargeAnswerAreWholeCharactersOnTime) {
  text_codec codec{{}};
  codec.feed("zoe:secret", start);
  codec.next(start + 150ms);
  codec.say(event::logged_in{"zoe", {}}, start + 150ms);
  const spelled_texts spelled{std::string(1023, 'x') + "é🦊\ny\n", {{}, {}}};
  codec.say_spelled(std::make_shared<const spelled_texts>(spelled), start + 150ms);
  std::vector<std::pair<std::chrono::milliseconds, size_t>> writes;
  std::vector<shared_bytes> out;
  for (auto now = start + 150ms; codec.unsent() > 0; now += 1ms) {
    codec.drain(out, now);
    for (const auto& bytes : out)
      writes.emplace_back(std::chrono::duration_cast<std::chrono::milliseconds>(now - start), bytes->size());
    out.clear();
  }
  const std::vector<std::pair<std::chrono::milliseconds, size_t>> expected = {{150ms, 9},    {175ms, 2}, {200ms, 2},
                                                                              {225ms, 1023}, {250ms, 6}, {275ms, 1}};
  EXPECT_EQ(writes, expected);
}

} // namespace
} // namespace salond::text
