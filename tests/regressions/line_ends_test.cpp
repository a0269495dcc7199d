// U+2028 and U+2029 are no control characters, so they were passed on; the desktop client showed two lines, of which
// the author had forged the second: `ok<U+2029>admin dans le salon Général: …`.
// Right: they are replaced by a space wherever a control character is. So is all else that ends a line for somebody.
#include "protocol/text/text_codec.hpp"
#include "protocol/text/wire_text.hpp"
#include "protocol/words/names.hpp"
#include "tests/support/utterance_words.hpp"
#include <gmock/gmock.h>

namespace salond::text {
namespace {

// What Python's str.splitlines takes for the end of a line.
constexpr const char* line_ends[] = {"\n", "\r", "\v", "\f", "\x1C", "\x1D", "\x1E", "\xC2\x85", "\u2028", "\u2029"};

TEST(LineEnds, OfAnyKindAreReplacedInWhatIsShown) {
  for (const auto* end : line_ends) {
    const auto forged = std::string("ok") + end + "admin: x";
    EXPECT_EQ(shown(forged), "ok admin: x");
    EXPECT_EQ(spell(event::said{{1}, forged, forged, forged, 1, {}}),
              "ok admin: x dans le salon ok admin: x: ok admin: x\n");
    EXPECT_EQ(spell(event::said_privately{{1}, forged, forged, {}}), "ok admin: x (privé): ok admin: x\n");
    EXPECT_EQ(spell(event::announced{forged}), "Annonce: ok admin: x\n");
    EXPECT_EQ(spell(event::joined{{1}, forged, forged}), "ok admin: x a rejoint le salon ok admin: x.\n");
    EXPECT_EQ(spell(event::refused{fault::unknown_salon, forged}), "ERREUR: le salon ok admin: x n'existe pas\n");
    EXPECT_EQ(login_frames({"zoe", {{{1}, forged, true}}}, 0)[1], R"([[1, "ok admin: x"]])");
  }
}

TEST(LineEnds, AreNotStoredWithANewText) {
  EXPECT_EQ(support::words(session_frame("MSG (Général):ok\u2029admin")), "post Général|ok admin");
  EXPECT_EQ(support::words(session_frame("PRIVATE:zoe:ok\u2028admin")), "private zoe|ok admin");
}

} // namespace
} // namespace salond::text
