#include "protocol/words/lookalikes.hpp"
#include "protocol/words/names.hpp"
#include <gtest/gtest.h>

namespace salond {
namespace {

TEST(Names, AreTheSameWhenTheyFoldAlike) {
  EXPECT_EQ(key_of("Général"), key_of("GÉNÉRAL"));
  EXPECT_EQ(key_of("Ge\xCC\x81ne\xCC\x81ral"), key_of("général")); // decomposed accents
  EXPECT_EQ(key_of("STRASSE"), key_of("straße"));
  EXPECT_EQ(key_of("ﬁn"), key_of("fin"));
  EXPECT_NE(key_of("René"), key_of("Rene"));
}

TEST(Names, ThatDifferByTrailingSpacesAloneAreTheSame) {
  EXPECT_EQ(key_of("bob  "), key_of("bob"));
  EXPECT_NE(key_of(" bob"), key_of("bob"));
}

TEST(Names, WhoseFoldedFormIsTooLongForItsColumnAreTheirOwnKey) {
  std::string ligatures;
  for (int i = 0; i < 255; ++i)
    ligatures += "\xEF\xB7\xBA"; // folds to 33 bytes
  EXPECT_EQ(key_of(ligatures), ligatures);
  EXPECT_FALSE(is_name(ligatures.substr(0, 3 * 64)));
}

TEST(Names, MayHoldAnythingButWhatTheRulesForbid) {
  EXPECT_TRUE(is_name("l'été \"x\"; DROP TABLE -- \\ 🦊"));
  EXPECT_TRUE(is_name(std::string(64, 'a')));
  for (const auto* refused : {"", " a", "a ", "a:b", "a(b", "a)b", "a\nb", "a\tb",
                              "a\xE2\x80\x8B"
                              "b",
                              "\xE2\x80\xA8", "\xFF", "\xED\xA0\x80", "\xE3\x80\x80x", "\xC2\xA0"})
    EXPECT_FALSE(is_name(refused)) << refused;
  EXPECT_FALSE(is_name(std::string(65, 'a')));
  EXPECT_FALSE(is_name(std::string("a\0b", 3)));
}

TEST(Names, OfTheProtocolAndTheAdministratorsAreReservedInAnyCase) {
  EXPECT_TRUE(is_reserved("InscripTION"));
  EXPECT_TRUE(is_reserved("resume"));
  EXPECT_TRUE(is_reserved("ADMIN"));
  EXPECT_TRUE(is_reserved("Ｓerver")); // full width
  EXPECT_FALSE(is_reserved("administrator"));
  for (const auto* of_the_log : {"Everybody", "configuration", "several accounts", "Invitation 12"})
    EXPECT_TRUE(is_reserved(of_the_log)) << of_the_log;
  EXPECT_FALSE(is_reserved("invitations"));
}

TEST(Shown, HoldsNoControlCharacterButTab) {
  EXPECT_EQ(shown("a\nb\r\tc\x7F"
                  "d\xC2\x85"
                  "e"),
            "a b \tc d e");
  EXPECT_EQ(shown("été 🦊"), "été 🦊");
  EXPECT_EQ(shown("\xFF"
                  "a"),
            "\xEF\xBF\xBD"
            "a");
}

TEST(Utf8, IsCheckedToTheLetter) {
  EXPECT_TRUE(is_utf8("été 🦊 ):"));
  EXPECT_TRUE(is_utf8(""));
  EXPECT_FALSE(is_utf8("\xC0\xAF"));
  EXPECT_FALSE(is_utf8("\xED\xA0\x80"));
  EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));
  EXPECT_FALSE(is_utf8("abc\xE2\x82"));
}

} // namespace
} // namespace salond
