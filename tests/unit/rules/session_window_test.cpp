// A barrier a command: what may follow what unanswered, and what becomes of it at the end.
#include "tests/support/session_fixture.hpp"

namespace salond {
namespace {

class SessionWindow : public SessionTest {
protected:
  void SetUp() override { log_in(); }
  lines post(const std::string& text, const std::string& salon = "Général") { return hear(command::post{salon, text}); }
};

TEST_F(SessionWindow, LetsPostsToOneSalonFollowUpToTheWindow) {
  EXPECT_EQ(post("1"), lines{"ask post(Général, 1)"});
  EXPECT_FALSE(session.waiting());
  post("2");
  EXPECT_FALSE(session.waiting());
  post("3");
  EXPECT_TRUE(session.waiting()); // the window of this session is 3

  posted();
  EXPECT_FALSE(session.waiting());
  EXPECT_EQ(post("4"), lines{"ask post(Général, 4)"});
  EXPECT_TRUE(session.waiting());
}

TEST_F(SessionWindow, TakesOnePostAtATimeWithAWindowOfOne) {
  session = rules::session{1};
  log_in();
  post("1");
  EXPECT_TRUE(session.waiting());
  posted();
  EXPECT_FALSE(session.waiting());
}

TEST_F(SessionWindow, HoldsWhatFollowsPostsUntilTheLastIsAnswered) {
  struct {
    command::any said;
    const char* then;
  } const cases[] = {
      {command::post{"Blabla", "x"}, "ask post(Blabla, x)"},
      {command::post{"general", "x"}, "ask post(general, x)"}, // another spelling: perhaps another salon
      {command::join{"Blabla"}, "ask join(Blabla)"},
      {command::history{"Général", 2}, "ask history(Général, 2)"},
      {command::help{}, "tell help"},
      {command::issue_token{}, "ask issue_token"},
      {command::quit{}, "hang up"},
  };
  for (const auto& row : cases) {
    session = rules::session{3};
    log_in();
    post("1");
    post("2");
    EXPECT_EQ(support::lines_of(session.hear(row.said)), lines{});
    EXPECT_TRUE(session.waiting());
    EXPECT_EQ(posted(), lines{});
    EXPECT_EQ(posted(), lines{row.then});
  }
}

TEST_F(SessionWindow, HoldsMisspokenWordsToo) {
  post("1");
  EXPECT_EQ(hear(misspoken{fault::unknown_command, false}), lines{});
  EXPECT_EQ(posted(), lines{"tell refused(unknown_command)"});
  EXPECT_FALSE(session.waiting());
}

TEST_F(SessionWindow, TellsARefusedPostBeforeWhatWasHeldBehindIt) {
  post("1", "Marketing");
  hear(command::help{});

  EXPECT_EQ(answered(rules::answer::posted{fault::not_a_member, "Marketing"}),
            (lines{"tell refused(not_a_member, Marketing)", "tell help"}));
}

TEST_F(SessionWindow, RefusesEachPostByItself) {
  post("1");
  post("2");

  EXPECT_EQ(answered(rules::answer::posted{fault::storage, "Général"}), lines{"tell refused(storage, Général)"});
  EXPECT_EQ(posted(), lines{});
  EXPECT_FALSE(session.unanswered());
}

TEST_F(SessionWindow, AHeldPostOpensAWindowOfItsOwn) {
  post("1");
  post("2", "Blabla");
  EXPECT_EQ(posted(), lines{"ask post(Blabla, 2)"});
  EXPECT_EQ(post("3", "Blabla"), lines{"ask post(Blabla, 3)"});
  EXPECT_EQ(post("4"), lines{});
  EXPECT_TRUE(session.waiting());
}

TEST_F(SessionWindow, TakesNothingWhileAQuestionIsOpen) {
  hear(command::join{"Blabla"});
  EXPECT_TRUE(session.waiting());
  settled();
  EXPECT_FALSE(session.waiting());
}

TEST_F(SessionWindow, EndsWithTheInputBehindThePostsInFlight) {
  post("1");
  post("2");
  EXPECT_EQ(hear(input_ended{}), lines{});
  EXPECT_EQ(posted(), lines{});
  EXPECT_FALSE(session.closed());
  EXPECT_EQ(posted(), lines{"hang up"});
  EXPECT_TRUE(session.closed());
}

TEST_F(SessionWindow, ForgetsEverythingWhenItIsHungUpFromAbove) {
  post("1");
  hear(command::help{});

  session.hung_up();

  EXPECT_TRUE(session.closed());
  EXPECT_TRUE(session.waiting());
  EXPECT_EQ(posted(), lines{});
}

} // namespace
} // namespace salond
