// A user could be called by a character that shows nothing (U+2800), or like another but for one (`paul` and U+2800):
// nobody could tell the two apart, or see who said something.
// Right: what shows nothing is refused in a new name, alone and within it: by Unicode's properties, and by a short list
// for what has none. A mark needs a base. And no new name begins as JSON does. Old names stay.
#include "protocol/words/names.hpp"
#include <gtest/gtest.h>

namespace salond {
namespace {

constexpr const char32_t* unseen = U"\u2800\uFFFC\U0001D159\U00013441\U00013442\U00016FE4" // without a property
                                   U"\u115F\u1160\u3164\uFFA0\u034F\u17B4\u17B5\u180B\uFE0F\U000E0100\U000E0041"
                                   U"\u00A0\u1680\u2003\u2009\u202F\u205F\u3000\x85"               // white space
                                   U"\u00AD\u061C\u180E\u200B\u200D\u200E\u202E\u2060\u2066\uFEFF" // format
                                   U"\u2028\u2029";

std::string utf8(char32_t c) {
  std::string result;
  if (c < 0x80)
    return {static_cast<char>(c)};
  if (c < 0x800) {
    result += static_cast<char>(0xC0 | (c >> 6));
  } else if (c < 0x10000) {
    result += static_cast<char>(0xE0 | (c >> 12));
    result += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
  } else {
    result += static_cast<char>(0xF0 | (c >> 18));
    result += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    result += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
  }
  return result + static_cast<char>(0x80 | (c & 0x3F));
}

TEST(NewNames, HoldNoCharacterThatShowsNothing) {
  for (const auto* c = unseen; *c != 0; ++c)
    for (const auto& name : {utf8(*c), "paul" + utf8(*c), utf8(*c) + "paul", "pa" + utf8(*c) + "ul"})
      EXPECT_FALSE(is_name(name)) << std::hex << static_cast<uint32_t>(*c);
}

TEST(NewNames, HoldNoMarkWithoutABase) {
  for (const auto* name : {"\u0301", "\u0301paul", "paul \u0301x", "\u20DD", "\u0903", "\u3099a", "\u00B4"})
    EXPECT_FALSE(is_name(name)) << name;
  for (const auto* name : {"Zoe\u0308", "\u0915\u0940", "Rene\u0301 D."})
    EXPECT_TRUE(is_name(name)) << name;
}

TEST(NewNames, HoldAJoinerOnlyBetweenWhatItJoins) {
  EXPECT_TRUE(is_name("\u1781\u17D2\u1798\u17C2\u179A")); // Khmer, in Khmer
  for (const auto* name : {"paul\u17D2", "pa\u17D2ul", "\u1781\u17D2", "pa\u1039ul", "paul\U0001107F",
                           "zo\u2D7Fe"})
    EXPECT_FALSE(is_name(name)) << name;
}

TEST(NewNames, DoNotBeginAsJsonDoes) {
  for (const auto* name : {"{", "[", "\"", "{a", "[[1", "\"x\""})
    EXPECT_FALSE(is_name(name)) << name;
  for (const auto* name : {"a{", "l'été \"x\"; [1] {2}", "~[a"})
    EXPECT_TRUE(is_name(name)) << name;
}

TEST(NewNames, MayBeWhatPeopleAreCalled) {
  for (const auto* name :
       {"Zoé", "Ængus Ó Súilleabháin", "Ольга", "محمد", "さくら", "नीता", "🦊", "x", "張偉", "ตาล"})
    EXPECT_TRUE(is_name(name)) << name;
}

} // namespace
} // namespace salond
