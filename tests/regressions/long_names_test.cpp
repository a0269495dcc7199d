// One line of 8 KB, all of it combining marks in the wrong order, held the whole server still for 25 ms where a name
// stands: as a stranger's login, in MSG, JOIN, PRIVATE and HISTORY, in operators' words. 200 strangers: 4.4 s. To fold
// a name (NFKC_Casefold) takes a time that grows with the square of its length. Right: what is longer than any name can
// be is not folded. Nobody is called so: a login is wrong at once, a user or a salon unknown. Names of the replaced
// server (512 characters) fold as before.
#include "protocol/words/names.hpp"
#include "tests/support/session_fixture.hpp"
#include <chrono>

namespace salond {
namespace {

std::string times(int count, const std::string& text) {
  std::string result;
  for (int n = 0; n < count; ++n)
    result += text;
  return result;
}

const std::string marks = times(2000, "\u0301") + times(2000, "\u0323"), ligatures = times(2600, "\uFDFA");

class LongNames : public SessionTest {};

TEST_F(LongNames, AreNotFolded) {
  const auto began = std::chrono::steady_clock::now();
  for (int n = 0; n < 400; ++n) {
    ASSERT_EQ(key_of(marks), marks);
    ASSERT_EQ(key_of(ligatures), ligatures);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{1}) << "it was 10 s";
}

TEST_F(LongNames, AreMeasuredInCharacters) {
  EXPECT_FALSE(is_too_long_for_names(times(512, "É")));
  EXPECT_EQ(key_of(times(512, "É")), times(512, "é"));
  EXPECT_FALSE(is_too_long_for_names(times(512, "\U0001F98A")));
  EXPECT_TRUE(is_too_long_for_names(times(513, "É")));
  EXPECT_TRUE(is_too_long_for_names(times(513, "a")));
  EXPECT_TRUE(is_too_long_for_names(std::string(2049, '\x80')));
}

TEST_F(LongNames, AreNobodys) {
  EXPECT_EQ(hear(command::log_in{marks, "pw"}), lines{"tell login_refused(wrong_credentials)"});
}

TEST_F(LongNames, AreNobodysInASession) {
  log_in();
  EXPECT_EQ(hear(command::tell_privately{marks, "x"}), lines{"tell refused(unknown_user, " + marks + ")"});
  EXPECT_EQ(hear(command::check_credentials{marks, "pw"}), lines{"tell credentials_refused(wrong_credentials)"});
}

} // namespace
} // namespace salond
