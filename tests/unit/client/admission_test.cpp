// What is told of failed logins: what was said, not passwords in any case.
#include "actors/admission.hpp"
#include <gmock/gmock.h>

namespace salond {
namespace {

using namespace std::chrono_literals;
using secret = admission::attempt::secret;

class Admission : public testing::Test {
protected:
  void fail(secret said, int times) {
    for (int n = 0; n < times; ++n) {
      admission::attempt one{connection_id{++last}, "192.0.2.1", {}, {}, {}, {}, true, said};
      if (allowed.begin(one, now) == rules::login_throttle::verdict::go)
        allowed.over(one, admission::attempt_result::wrong, 1, now);
    }
  }
  std::string story() {
    const auto lines = allowed.take_lines(now + 11s, moment{});
    return lines.size() == 1 ? lines.front().why.reason : std::to_string(lines.size()) + " lines";
  }

  config::settings settings;
  admission allowed{settings};
  instant now{1h};
  int64_t last = 0;
};

/// Seen: wrong tokens were told of as "66 wrong passwords", in the log and to the auditors.
TEST_F(Admission, TellsOfWrongTokensAsSuch) {
  fail(secret::token, 66);
  EXPECT_EQ(story(), "60 wrong tokens and 6 attempts that were refused unheard in 1 s");
}

TEST_F(Admission, TellsOfEachKindThatWasWrong) {
  fail(secret::invitation, 2);
  fail(secret::password, 4);
  fail(secret::token, 1);
  EXPECT_EQ(story(), "4 wrong passwords and 1 wrong token and 2 wrong invitations in 1 s");
}

TEST_F(Admission, TellsOfPasswordsAlone) {
  fail(secret::password, 12);
  EXPECT_EQ(story(), "12 wrong passwords in 1 s");
}

} // namespace
} // namespace salond
