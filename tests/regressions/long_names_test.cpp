// One line of 8 KB, all of it combining marks in the wrong order, held the whole server still for 25 ms where a name
// stands: as a stranger's login, in MSG, JOIN, PRIVATE and HISTORY, in operators' words. 200 strangers: 4.4 s. To fold
// a name (NFKC_Casefold) takes a time that grows with the square of its length. Right: what is longer than any name can
// be is not folded. Nobody is called so: a login is wrong at once, a user or a salon unknown. Names of the replaced
// server (512 characters) fold as before.
// A long name in the list of a login: an old client takes 1,024 bytes of it, and whatever stood in front of a name that
// had no room was left out as well, from the end on. With one salon of 64 emoji three of fifteen were listed, on 433
// bytes. Right: what has room is listed.
#include "protocol/text/wire_text.hpp"
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

TEST_F(LongNames, LeaveRoomForOthersInAnOldClientsList) {
  event::logged_in welcome{"zoe", {}};
  for (int64_t n = 1; n <= 15; ++n)
    welcome.salons.push_back({salon_id{n}, "Salon " + std::to_string(n), n == 1});
  welcome.salons[5] = {salon_id{6}, times(64, "é"), true};
  welcome.salons[12] = {salon_id{13}, times(64, "\U0001F98A"), true};

  const auto frames = text::login_frames(welcome, 1024);

  EXPECT_LE(frames[1].size(), 1024u);
  for (const auto which : {1, 2, 3, 4, 5, 6, 7, 14, 15})
    EXPECT_NE(frames[1].find("[" + std::to_string(which) + ", "), std::string::npos) << which;
  EXPECT_EQ(frames[1].find("[13, "), std::string::npos) << "it has no room beside the other two of hers";
}

TEST_F(LongNames, AreNobodysInASession) {
  log_in();
  EXPECT_EQ(hear(command::tell_privately{marks, "x"}), lines{"tell refused(unknown_user, " + marks + ")"});
  EXPECT_EQ(hear(command::check_credentials{marks, "pw"}), lines{"tell credentials_refused(wrong_credentials)"});
}

} // namespace
} // namespace salond
