// What was understood depended on how TCP cut the bytes: after a line that is too long, a TLS hello (or a browser's
// request) was recognised only if the end of that line came in another segment than its beginning.
// Right: what is said is decided by the bytes alone. Any cut gives the same utterances.
#include "protocol/text/text_codec.hpp"
#include "tests/support/utterance_words.hpp"
#include <gmock/gmock.h>

namespace salond::text {
namespace {

using namespace std::chrono_literals;
using support::words;
using testing::ElementsAre;

const instant start{1h};

/// What is said so far; an empty line says nothing.
void take(text_codec& from, std::vector<std::string>& to) {
  while (auto said = from.next(start))
    if (auto text = words(*said); text != "nothing")
      to.push_back(std::move(text));
}

std::vector<std::string> understood(const std::vector<std::string_view>& pieces, size_t frame_bytes) {
  text_options options;
  options.frame_bytes = frame_bytes;
  text_codec codec{options};
  std::vector<std::string> result;
  for (const auto piece : pieces) {
    codec.feed(piece, start);
    take(codec, result);
  }
  codec.end_input(start);
  take(codec, result);
  return result;
}

void expect_the_same_for_every_cut(const std::string& bytes, size_t frame_bytes,
                                   const std::vector<std::string>& expected) {
  const std::string_view all = bytes;
  EXPECT_EQ(understood({all}, frame_bytes), expected);
  for (size_t at = 0; at <= all.size(); ++at)
    ASSERT_EQ(understood({all.substr(0, at), all.substr(at)}, frame_bytes), expected) << "cut at " << at;
}

TEST(Cuts, MakeNoDifferenceToATlsHelloBehindALineThatIsTooLong) {
  expect_the_same_for_every_cut("\n" + std::string(9000, 'x') + "\n\x16\x03\n", 8192,
                                {"misspoken frame_too_long", "fatal foreign_protocol"});
}

TEST(Cuts, MakeNoDifferenceToABrowserBehindALineThatIsTooLong) {
  expect_the_same_for_every_cut("\n" + std::string(100, 'x') + "\nGET /" + std::string(100, 'y') + " HTTP/1.1\r\n", 64,
                                {"misspoken frame_too_long", "fatal foreign_protocol"});
}

TEST(Cuts, MakeNoDifferenceToLinesAroundTheLimit) {
  const std::string eight = "12345:78";
  for (const auto& end : {"\n", "\r\n", "\r\r\n"})
    for (const auto& more : {"", "9", "9\r"}) {
      const auto bytes = "\r\n" + eight + more + end + "\n" + eight + "xx" + end + "a:b" + end + "\x16";
      expect_the_same_for_every_cut(bytes, 8, understood({bytes}, 8));
    }
}

TEST(Cuts, MakeNoDifferenceToTheHelloThatIsNotYetWhole) {
  text_options options;
  options.frame_bytes = 8;
  text_codec codec{options};
  std::vector<std::string> got;
  codec.feed("\n123456789", start);
  take(codec, got);
  EXPECT_THAT(got, ElementsAre("misspoken frame_too_long"));
  codec.feed("0\n\x16\x03", start);
  take(codec, got);
  EXPECT_THAT(got, ElementsAre("misspoken frame_too_long", "fatal foreign_protocol")); // at once, not at its line's end
}

} // namespace
} // namespace salond::text
