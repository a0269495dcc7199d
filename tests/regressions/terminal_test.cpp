// Characters that turn the direction of a line or end it (U+202E, U+2028) stood as they were in salonctl's tables: what
// a user chose could make a table say something else on an operator's terminal. The log escaped them, but not all.
// Right: one function says what may reach a terminal or a log, and both use it.
#include "config/log.hpp"
#include "protocol/words/names.hpp"
#include "tools/salonctl/show.hpp"
#include <clocale>
#include <gmock/gmock.h>

namespace {

using salonctl::json;

struct escape {
  const char* character;
  const char* shown;
};
constexpr escape escapes[] = {{"\x1B", "\\x1b"},       {"\t", "\\x09"},         {"\x7F", "\\x7f"},
                              {"\xC2\x85", "\\u0085"}, {"\xC2\x9B", "\\u009b"}, {"\u00AD", "\\u00ad"},
                              {"\u061C", "\\u061c"},   {"\u200B", "\\u200b"},   {"\u200E", "\\u200e"},
                              {"\u200F", "\\u200f"},   {"\u2028", "\\u2028"},   {"\u2029", "\\u2029"},
                              {"\u202A", "\\u202a"},   {"\u202E", "\\u202e"},   {"\u2060", "\\u2060"},
                              {"\u2066", "\\u2066"},   {"\u2069", "\\u2069"},   {"\u206A", "\\u206a"},
                              {"\uFEFF", "\\ufeff"},   {"\uFFF9", "\\ufff9"},   {"\U000E0041", "\\U000e0041"},
                              {"\xFF", "\\xff"}};

TEST(Terminal, IsShownNoCharacterThatItObeys) {
  for (const auto& [character, shown] : escapes) {
    const auto name = std::string("paul") + character + "x";
    const auto safe = std::string("paul") + shown + "x";
    if (salond::is_utf8(name)) { // JSON is
      EXPECT_EQ(salonctl::to_text(json::array({{{"user", name}}})), "USER\n" + safe + "\n");
      EXPECT_EQ(salonctl::to_text(json{{"user", name}}), "user: " + safe + "\n");
      EXPECT_EQ(salonctl::to_text(json{{"users", json::array({name})}}), "users: " + safe + "\n");
      EXPECT_EQ(salonctl::progress_line(json{{"of", name}}), "of " + safe);
      EXPECT_EQ(salonctl::log_line(json{{"to", name}, {"id", 3}}), "to=\"" + safe + "\" id=3");
    }
    EXPECT_EQ(salonctl::for_terminal("a\n" + name + "\n"), "a\n" + safe + "\n");
    EXPECT_EQ(salond::log::text_line(salond::log::level::info, "x", {{"user", name}}), "info x user=\"" + safe + "\"");
  }
}

TEST(Terminal, IsShownJsonInAsciiAlone) {
  EXPECT_EQ(salonctl::json_for_terminal("{\"user\":\"zo\u00EB\u202E\"}"), R"({"user":"zo\u00eb\u202e"})");
}

TEST(Terminal, IsShownWhatWordsAreSpelledWith) {
  for (const auto* text : {"été", "🦊", "👩\u200D🚀", "می\u200Cخواهم", "\"a\\b\""})
    EXPECT_EQ(salond::escaped(text), text);
}

TEST(Terminal, IsShownNoMoreOfALineThatIsTakenBackThanItsWidth) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  EXPECT_EQ(salonctl::cut_to_columns("zoë", 3), "zoë");
  EXPECT_EQ(salonctl::cut_to_columns("zoë!", 3), "zo…");
  EXPECT_EQ(salonctl::cut_to_columns("\u4E2D\u4E2D\u4E2D", 4), "\u4E2D…") << "each takes two";
  EXPECT_EQ(salonctl::cut_to_columns("\xFF\xFF\xFF", 2), "\xFF…");
  EXPECT_EQ(salonctl::cut_to_columns("zoë", 0), "");
  EXPECT_EQ(salonctl::cut_to_columns("", 0), "");
}

} // namespace
