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
      admission::attempt attempt{connection_id{++last}, "192.0.2.1", {}, {}, {}, {}, true, said};
      if (allowed.begin(attempt, now) == rules::login_throttle::verdict::go)
        allowed.over(attempt, admission::attempt_result::wrong, 1, now);
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

// --- several nodes ---

using rules::usage;

TEST_F(Admission, CountsWhatFailedAtAnotherNode) {
  admission there{settings};
  allowed.share_with(1);
  there.share_with(1);
  fail(secret::token, 66);

  there.used_elsewhere(allowed.take_used(), now);

  admission::attempt attempt{connection_id{++last}, "192.0.2.1", {}, {}, {}, {}, true, secret::password};
  EXPECT_EQ(there.begin(attempt, now), rules::login_throttle::verdict::refused);
  EXPECT_TRUE(allowed.take_used().empty()) << "it was told";
}

TEST_F(Admission, CountsAccountsMadeAtAnotherNode) {
  admission there{settings};
  allowed.share_with(1);
  for (uint32_t n = 0; n < settings.registration.per_hour_per_address; ++n)
    ASSERT_EQ(allowed.refuses_registration("192.0.2.1", admission::newcomer::stranger, now), std::nullopt);

  there.used_elsewhere(allowed.take_used(), now);

  EXPECT_EQ(there.refuses_registration("192.0.2.1", admission::newcomer::stranger, now), fault::too_many_attempts);
}

TEST_F(Admission, TellsNobodyWhereItIsAlone) {
  fail(secret::token, 5);
  EXPECT_TRUE(allowed.take_used().empty());
}

TEST_F(Admission, LeavesOutWhatItDoesNotKnowAndWhatIsTooMuch) {
  std::vector<usage> told{{0, "192.0.2.1", 60}, {99, "192.0.2.1", 60}, {6, "no number", 60}};
  told.resize(admission::max_usages, {1, "198.51.100.1", 1});
  told.push_back({1, "192.0.2.1", 60});

  allowed.used_elsewhere(told, now);

  admission::attempt attempt{connection_id{++last}, "192.0.2.1", {}, {}, {}, {}, true, secret::password};
  EXPECT_EQ(allowed.begin(attempt, now), rules::login_throttle::verdict::go);
}

} // namespace
} // namespace salond
