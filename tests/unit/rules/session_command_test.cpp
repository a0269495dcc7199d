// What a logged-in session does with each command and each answer.
#include "tests/support/session_fixture.hpp"

namespace salond {
namespace {

class SessionCommand : public SessionTest {
protected:
  void SetUp() override { log_in(); }
};

TEST_F(SessionCommand, AsksOneQuestionForEachCommand) {
  struct {
    command::any said;
    const char* asked;
  } const cases[] = {
      {command::post{"Général", "a): b"}, "ask post(Général, a): b)"},
      {command::join{"Blabla"}, "ask join(Blabla)"},
      {command::leave{"Blabla"}, "ask leave(Blabla)"},
      {command::history{"Général", 20}, "ask history(Général, 20)"},
      {command::who{"Général"}, "ask who(Général)"},
      {command::search{"Général", "a:b"}, "ask search(Général, a:b)"},
      {command::tell_privately{"paul", "a:b"}, "ask tell_privately(paul, a:b)"},
      {command::check_credentials{"paul", "a:b"}, "ask find_user(paul)"},
      {command::register_user{"paul", "p", "a:b"}, "ask find_user(paul)"},
      {command::change_password{{{"old", "new"}}}, "ask find_user(l'été \"x\")"},
      {command::issue_token{}, "ask issue_token"},
  };
  for (const auto& row : cases) {
    session = rules::session{3};
    log_in();
    EXPECT_EQ(support::lines_of(session.hear(row.said)), lines{row.asked});
    EXPECT_TRUE(session.unanswered());
  }
}

TEST_F(SessionCommand, AnswersSomeByItself) {
  EXPECT_EQ(hear(command::help{}), lines{"tell help"});
  EXPECT_EQ(hear(command::log_in{"paul", "secret"}), lines{"tell refused(unknown_command)"});
  EXPECT_EQ(hear(command::resume{"token"}), lines{"tell refused(unknown_command)"});
  EXPECT_EQ(hear(command::register_invited{"code", {"zoë", "z", "secret"}}), lines{"tell refused(unknown_command)"});
  EXPECT_EQ(hear(misspoken{fault::unknown_command, false}), lines{"tell refused(unknown_command)"});
  EXPECT_EQ(hear(misspoken{fault::bad_encoding, false}), lines{"tell refused(bad_encoding)"});
  EXPECT_FALSE(session.waiting());
  EXPECT_EQ(hear(command::quit{}), lines{"hang up"});
  EXPECT_TRUE(session.closed());
}

TEST_F(SessionCommand, TellsARefusalWithItsSubject) {
  struct {
    command::any said;
    fault why;
    const char* told;
  } const cases[] = {
      {command::join{"Nulle part"}, fault::unknown_salon, "tell refused(unknown_salon, Nulle part)"},
      {command::join{"Blabla"}, fault::storage, "tell refused(storage, Blabla)"},
      {command::leave{"Blabla"}, fault::not_a_member, "tell refused(not_a_member, Blabla)"},
      {command::tell_privately{"paul", "x"}, fault::unknown_user, "tell refused(unknown_user, paul)"},
      {command::tell_privately{"paul", "x"}, fault::mailbox_full, "tell refused(mailbox_full, paul)"},
      {command::tell_privately{"paul", "x"}, fault::busy, "tell refused(busy, paul)"},
  };
  for (const auto& row : cases) {
    session.hear(row.said);
    EXPECT_EQ(settled(row.why), lines{row.told});
    EXPECT_FALSE(session.waiting());
  }
}

TEST_F(SessionCommand, SaysNothingWhereTheSalonSaysIt) {
  hear(command::join{"Blabla"});
  EXPECT_EQ(settled(), lines{});
  hear(command::leave{"Blabla"});
  EXPECT_EQ(settled(), lines{});
  hear(command::tell_privately{"paul", "x"});
  EXPECT_EQ(settled(), lines{});
  EXPECT_FALSE(session.waiting());
}

TEST_F(SessionCommand, TellsWhatItIsToldToTell) {
  hear(command::join{"Marketing"});
  EXPECT_EQ(told(event::any{event::request_waits{"Marketing"}}), lines{"tell request_waits(Marketing)"});
  hear(command::issue_token{});
  EXPECT_EQ(told(event::any{event::token_issued{"abc", 60}}), lines{"tell token_issued(abc, 60)"});
  hear(command::issue_token{});
  EXPECT_EQ(settled(fault::storage), lines{"tell refused(storage)"});
}

TEST_F(SessionCommand, TellsAPageOfHistoryInOrder) {
  hear(command::history{"Général", 2});
  EXPECT_EQ(answered(rules::answer::remembered{
                std::vector<event::any>{event::said{salon_id{1}, "Général", "zoe", "un", 1, {}},
                                        event::said{salon_id{1}, "Général", "zoe", "deux", 2, {}}}}),
            (lines{"tell said(Général, zoe, un)", "tell said(Général, zoe, deux)"}));
  hear(command::history{"Marketing", 2});
  EXPECT_EQ(answered(rules::answer::remembered{fault::not_a_member}), lines{"tell refused(not_a_member, Marketing)"});
}

// --- AUTH ---

TEST_F(SessionCommand, ChecksCredentialsAndStaysWhoItIs) {
  hear(command::check_credentials{"paul", "secret"});
  user paul{user_id{8}, "paul", "p", "$argon2id$paul", role::administrator};
  EXPECT_EQ(found(paul), lines{"ask verify($argon2id$paul, secret)"});
  EXPECT_EQ(verified(0, "$argon2id$better"), lines{"tell credentials_right"});
  EXPECT_EQ(session.who().id, user_id{7});
  EXPECT_EQ(hear(command::ban{"zoe"}), lines{"tell refused(not_allowed, zoe)"}); // nor has it paul's rights
}

TEST_F(SessionCommand, HangsUpOnWrongCredentials) {
  hear(command::check_credentials{"paul", "wrong"});
  EXPECT_EQ(found(fault::unknown_user), lines{"ask verify(, wrong)"});
  EXPECT_EQ(verified(std::nullopt), lines{"tell credentials_refused(wrong_credentials)"});

  session = rules::session{3};
  log_in();
  EXPECT_EQ(hear(command::check_credentials{"paul", ""}), lines{"tell credentials_refused(wrong_credentials)"});
}

// AUTH of a banned name told whoever typed it, and was not banned, that he was.
TEST_F(SessionCommand, IsNotToldOfTheBanOfSomebodyElse) {
  hear(command::check_credentials{"paul", "secret"});

  EXPECT_EQ(found(fault::banned), lines{"tell credentials_refused(wrong_credentials)"});
}

// --- REGISTER ---

TEST_F(SessionCommand, RegistersSomebodyElseAndCloses) {
  hear(command::register_user{"zoë", "z", "p"});
  found(fault::unknown_user);
  hashed(std::string{"h"});
  EXPECT_EQ(settled(), lines{"tell registered"});

  session = rules::session{3};
  log_in();
  EXPECT_EQ(hear(command::register_user{"admin", "z", "p"}), lines{"tell registration_refused(reserved_name)"});
}

TEST_F(SessionCommand, EndsASessionThatChecksMoreThanItMay) {
  hear(command::check_credentials{"paul", "secret"});

  EXPECT_EQ(found(fault::too_many_attempts), lines{"tell credentials_refused(too_many_attempts)"});
}

// --- PASSWORD ---

TEST_F(SessionCommand, ChangesThePasswordOfTheReadingThatFits) {
  hear(command::change_password{{{"a", "b:c"}, {"a:b", "c"}}});
  EXPECT_EQ(found(stored_user()), lines{"ask verify($argon2id$old, a, a:b)"});
  EXPECT_EQ(verified(1), lines{"ask hash(c)"});
  EXPECT_EQ(hashed(std::string{"$argon2id$new"}), lines{"ask change_password(7, $argon2id$old, $argon2id$new)"});
  EXPECT_EQ(settled(), lines{"tell password_changed"});
  EXPECT_FALSE(session.waiting());
}

TEST_F(SessionCommand, RefusesANewPasswordAtEachStageAndGoesOn) {
  const auto ask = [this](std::string fresh) { hear(command::change_password{{{"old", std::move(fresh)}}}); };

  ask("new");
  EXPECT_EQ(found(fault::too_many_attempts), lines{"tell password_refused(too_many_attempts)"});
  ask("new");
  EXPECT_EQ(found(fault::storage), lines{"tell password_refused(storage)"});
  ask("new");
  EXPECT_EQ(found(fault::unknown_user), lines{"ask verify(, old)"}); // banned a moment ago: costs the same
  EXPECT_EQ(verified(std::nullopt), lines{"tell password_refused(wrong_credentials)"});
  ask("new");
  found(stored_user());
  EXPECT_EQ(verified(std::nullopt), lines{"tell password_refused(wrong_credentials)"});
  ask("new");
  found(stored_user());
  EXPECT_EQ(not_verified(fault::busy), lines{"tell password_refused(busy)"});
  for (const auto& invalid : {std::string{}, std::string(1025, 'x')}) {
    ask(invalid);
    found(stored_user());
    EXPECT_EQ(verified(0), lines{"tell password_refused(invalid_password)"});
  }
  ask("new");
  found(stored_user());
  verified(0);
  EXPECT_EQ(hashed(fault::busy), lines{"tell password_refused(busy)"});
  ask("new");
  found(stored_user());
  verified(0);
  hashed(std::string{"h"});
  EXPECT_EQ(settled(fault::wrong_credentials), lines{"tell password_refused(wrong_credentials)"});

  EXPECT_EQ(hear(command::join{"x"}), lines{"ask join(x)"}); // nothing of it is left
  EXPECT_EQ(settled(fault::unknown_salon), lines{"tell refused(unknown_salon, x)"});
}

// --- BAN ---

TEST_F(SessionCommand, LetsAnAdministratorBanAndNobodyElse) {
  for (const auto as : {role::user, role::moderator}) {
    session = rules::session{3};
    log_in(as);
    EXPECT_EQ(hear(command::ban{"paul"}), lines{"tell refused(not_allowed, paul)"});
  }
  session = rules::session{3};
  log_in(role::administrator);
  EXPECT_EQ(hear(command::ban{"PAUL"}), lines{"ask ban(PAUL)"});
  EXPECT_EQ(told(event::any{event::user_banned{"paul"}}), lines{"tell user_banned(paul)"});
  for (const auto why : {fault::unknown_user, fault::already_banned, fault::not_allowed, fault::storage}) {
    hear(command::ban{"PAUL"});
    EXPECT_EQ(settled(why), lines{std::string("tell refused(") + to_string(why) + ", PAUL)"});
  }
}

TEST_F(SessionCommand, KnowsOfANewRole) {
  session.change_account("zoë", role::administrator);
  EXPECT_EQ(hear(command::ban{"paul"}), lines{"ask ban(paul)"});
}

} // namespace
} // namespace salond
