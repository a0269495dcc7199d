// What a search takes for the same.
#include "protocol/words/names.hpp"
#include "protocol/words/search_form.hpp"
#include <gmock/gmock.h>
#include <random>

namespace salond {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

bool holds(std::string_view text, std::string_view part) {
  return search_form(text).find(search_form(part)) != std::string::npos;
}

std::string as_utf8(char32_t character) {
  if (character < 0x80)
    return {static_cast<char>(character)};
  std::string bytes;
  const int more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
  const char leads[] = {0, '\xC0', '\xE0', '\xF0'};
  bytes += static_cast<char>(static_cast<unsigned char>(leads[more]) | (character >> (6 * more)));
  for (int part = more - 1; part >= 0; --part)
    bytes += static_cast<char>(0x80 | ((character >> (6 * part)) & 0x3F));
  return bytes;
}

TEST(SearchForm, CaseAndAccentsDoNotCount) {
  EXPECT_EQ(search_form("L'ÉTÉ"), "l'ete");
  EXPECT_TRUE(holds("Été", "ete"));
  EXPECT_TRUE(holds("ete", "ÉTÉ"));
  EXPECT_TRUE(holds("Ça où Noël, Zoë", "ca ou noel, zoe"));
  EXPECT_TRUE(holds("Tiếng Việt", "tieng viet"));
  EXPECT_TRUE(holds("Ёлка", "елка"));
  EXPECT_TRUE(holds("ΟΔΟΣ ΆΛΦΑ", "οδος αλφα"));
  EXPECT_TRUE(holds("STRASSE", "straße"));
  EXPECT_TRUE(holds("İstanbul", "istanbul"));
  EXPECT_FALSE(holds("Été", "eta"));
}

TEST(SearchForm, HowACharacterIsPutTogetherDoesNotCount) {
  EXPECT_EQ(search_form("e\xCC\x81"), search_form("é"));    // e, U+0301
  EXPECT_EQ(search_form("\xE2\x84\xAB"), search_form("Å")); // ANGSTROM SIGN
  EXPECT_EQ(search_form("ﬁn"), "fin");
  EXPECT_EQ(search_form("한"), search_form("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB")); // its three Jamo
  EXPECT_EQ(search_form("co\xC2\xADop"), "coop");                                    // a soft hyphen shows nothing
}

TEST(SearchForm, WhatIsNoAccentStays) {
  EXPECT_FALSE(holds("कि", "की")); // two vowels, which are marks
  EXPECT_FALSE(holds("%", "_"));
  EXPECT_EQ(search_form("a b\n\tc"), "a b\n\tc");
  EXPECT_EQ(search_form("🦊"), "🦊");
}

TEST(SearchForm, WhatShowsNothingButMarksHasNone) {
  EXPECT_THAT(search_form("\xCC\x81\xE2\x80\x8D"), IsEmpty()); // U+0301, ZERO WIDTH JOINER
  EXPECT_THAT(search_form(""), IsEmpty());
}

TEST(SearchForm, BytesThatAreNoUtf8AreOneCharacter) {
  EXPECT_EQ(search_form("a\xFF\xC3z"), "a\xEF\xBF\xBD\xEF\xBF\xBDz");
}

/// Of each character of Unicode: its form is well-formed, has a form no longer than is said, and is its own form.
TEST(SearchForm, IsItsOwnForm) {
  for (char32_t character = 1; character <= 0x10FFFF; ++character) {
    if (character >= 0xD800 && character <= 0xDFFF)
      continue;
    const auto text = as_utf8(character);
    const auto form = search_form(text);
    ASSERT_TRUE(is_utf8(form)) << std::hex << static_cast<uint32_t>(character);
    ASSERT_EQ(search_form(form), form) << std::hex << static_cast<uint32_t>(character);
    ASSERT_LE(form.size(), 11 * text.size()) << std::hex << static_cast<uint32_t>(character);
  }
}

TEST(SearchForm, OfTwoTextsIsThatOfTheOneAndThatOfTheOther) {
  std::mt19937 random{4711};
  const std::string alphabet[] = {"e",  "\xCC\x81", "\xCC\xA7", "É", "ß", "\xE1\x84\x92", "\xE1\x85\xA1",
                                  "한", "ﷺ",        "🦊"};
  for (int round = 0; round < 2000; ++round) {
    std::string first, second;
    for (auto count = random() % 6; count > 0; --count)
      first += alphabet[random() % std::size(alphabet)];
    for (auto count = random() % 6; count > 0; --count)
      second += alphabet[random() % std::size(alphabet)];
    ASSERT_EQ(search_form(first + second), search_form(first) + search_form(second));
  }
}

TEST(SearchForm, ALongTextOfMarksTakesNoLonger) {
  std::string marks = "e"; // whose order among each other would be looked for with the square of their number
  for (int n = 0; n < 500'000; ++n)
    marks += n % 2 == 0 ? "\xCC\xA7" : "\xCC\x81";

  EXPECT_EQ(search_form(marks), "e");
}

TEST(Grams, AreThreeCharactersInARow) {
  const gram a = 'a', b = 'b', c = 'c', fox = 0x1F98A;
  const auto of = [](gram first, gram second, gram third) { return (first << 42) | (second << 21) | third; };

  EXPECT_THAT(grams_of("abc"), ElementsAre(of(a, b, c)));
  EXPECT_THAT(grams_of("abcabc"), ElementsAre(of(a, b, c), of(b, c, a), of(c, a, b)));
  EXPECT_THAT(grams_of("a🦊b"), ElementsAre(of(a, fox, b)));
  EXPECT_THAT(grams_of("ab"), IsEmpty());
  EXPECT_THAT(grams_of(""), IsEmpty());
  EXPECT_THAT(grams_of(std::string(5, '\0')), IsEmpty());
}

TEST(Grams, OfAPartAreThoseOfTheWholeToo) {
  const auto whole = grams_of(search_form("L'été à la 🦊 plage"));

  for (const auto each : grams_of(search_form("ETE A LA")))
    EXPECT_THAT(whole, testing::Contains(each));
  EXPECT_THAT(whole, SizeIs(16));
}

} // namespace salond
