// Before anybody is logged in: the first frame, and each stage at which it can fail.
#include "tests/support/session_fixture.hpp"

namespace salond {
namespace {

class SessionLogin : public SessionTest {};

const event::logged_in welcome{"l'été \"x\"", {{salon_id{1}, "Général", true}, {salon_id{2}, "Blabla", false}}};

TEST_F(SessionLogin, AsksForTheUserThePasswordAndTheArrivalInTurn) {
  EXPECT_EQ(hear(command::log_in{"l'ÉTÉ \"x\"", "se:cret"}), lines{"ask find_user(l'ÉTÉ \"x\")"});
  EXPECT_TRUE(session.waiting());
  EXPECT_EQ(found(stored_user()), lines{"ask verify($argon2id$old, se:cret)"});
  EXPECT_EQ(verified(0), lines{"ask arrive(7, l'été \"x\")"});
  EXPECT_TRUE(session.anonymous()); // until the store has taken the arrival
  EXPECT_EQ(arrived(welcome), lines{"tell logged_in(l'été \"x\", Général* Blabla)"});
  EXPECT_FALSE(session.anonymous());
  EXPECT_FALSE(session.waiting());
  EXPECT_EQ(session.who().username, "l'été \"x\"");
}

TEST_F(SessionLogin, TellsWhatWaitedBehindTheWelcomeInOrder) {
  hear(command::log_in{"zoe", "secret"});
  found(stored_user());
  verified(0);

  const auto told = answered(rules::answer::arrived{welcome,
                                                    {event::said_privately{private_id{1}, "paul", "un", {}},
                                                     event::said_privately{private_id{2}, "paul", "deux", {}}}});

  EXPECT_EQ(told, (lines{"tell logged_in(l'été \"x\", Général* Blabla)", "tell said_privately(paul, un)",
                         "tell said_privately(paul, deux)"}));
}

TEST_F(SessionLogin, ReplacesAnOutdatedHashBesideTheArrival) {
  hear(command::log_in{"zoe", "secret"});
  found(stored_user());

  EXPECT_EQ(verified(0, "$argon2id$new"),
            (lines{"ask replace_hash(7, $argon2id$old, $argon2id$new)", "ask arrive(7, l'été \"x\")"}));
}

TEST_F(SessionLogin, CostsAnUnknownUserTheSameQuestions) {
  hear(command::log_in{"nobody", "secret"});

  EXPECT_EQ(found(fault::unknown_user), lines{"ask verify(, secret)"});
  EXPECT_EQ(verified(std::nullopt), lines{"tell login_refused(wrong_credentials)"});
  EXPECT_TRUE(session.anonymous());
}

TEST_F(SessionLogin, MayBeTriedAgainWhereTheDialectDoesNotEndWithARefusal) {
  hear(command::log_in{"zoe", "wrong"});
  found(stored_user());
  verified(std::nullopt);

  EXPECT_FALSE(session.waiting());
  log_in();
}

TEST_F(SessionLogin, SaysWhatItLooksANameUpFor) {
  using purpose = rules::question::find_user::purpose;
  const auto asked = [](rules::effects effects) {
    return std::get<rules::question::find_user>(std::get<rules::ask>(effects.at(0)).question).reason;
  };
  rules::session other{1};

  EXPECT_EQ(asked(session.hear(command::any{command::log_in{"zoe", "secret"}})), purpose::proof);
  EXPECT_EQ(asked(other.hear(command::any{command::register_user{"zoe", "z", "secret"}})), purpose::registration);
  EXPECT_EQ(support::lines_of(other.answered(rules::answer::found{fault::registration_closed})),
            lines{"tell registration_refused(registration_closed)"});
}

TEST_F(SessionLogin, RefusesAWrongPassword) {
  hear(command::log_in{"zoe", "wrong"});
  found(stored_user());

  EXPECT_EQ(verified(std::nullopt), lines{"tell login_refused(wrong_credentials)"});
}

TEST_F(SessionLogin, RefusesPasswordsThatCanBeNobodysWithoutAsking) {
  for (const auto& password : {std::string{}, std::string(1025, 'x')}) {
    rules::session fresh{1};
    EXPECT_EQ(support::lines_of(fresh.hear(command::any{command::log_in{"zoe", password}})),
              lines{"tell login_refused(wrong_credentials)"});
  }
}

TEST_F(SessionLogin, TakesThePasswordOfThe1024Bytes) {
  hear(command::log_in{"zoe", std::string(1024, 'x')});
  EXPECT_FALSE(session.closed());
}

TEST_F(SessionLogin, IsRefusedWithTheFaultOfEachStage) {
  struct {
    const char* stage;
    fault why;
    const char* expected;
  } const cases[] = {
      {"found", fault::banned, "tell login_refused(banned)"},
      {"found", fault::too_many_attempts, "tell login_refused(too_many_attempts)"},
      {"found", fault::storage, "tell login_refused(storage)"},
      {"found", fault::busy, "tell login_refused(busy)"},
      {"verified", fault::busy, "tell login_refused(busy)"},
      {"verified", fault::storage, "tell login_refused(storage)"},
      {"arrived", fault::kicked, "tell login_refused(kicked)"},
      {"arrived", fault::disabled, "tell login_refused(disabled)"},
      {"arrived", fault::banned, "tell login_refused(banned)"},
      {"arrived", fault::storage, "tell login_refused(storage)"},
      {"arrived", fault::unknown_user, "tell login_refused(wrong_credentials)"}, // deleted since the password was right
  };
  for (const auto& row : cases) {
    session = rules::session{3};
    const std::string stage = row.stage;
    hear(command::log_in{"zoe", "secret"});
    lines last;
    if (stage == "found") {
      last = found(row.why);
    } else {
      found(stored_user());
      if (stage == "verified") {
        last = not_verified(row.why);
      } else {
        verified(0);
        last = arrived(row.why);
      }
    }
    EXPECT_EQ(last, lines{row.expected}) << stage << ' ' << to_string(row.why);
    EXPECT_FALSE(session.unanswered());
    EXPECT_TRUE(session.anonymous());
  }
}

TEST_F(SessionLogin, ComesBeforeAnythingElse) {
  struct {
    command::any said;
    const char* expected;
  } const cases[] = {
      {command::post{"Général", "bonjour"}, "tell refused(malformed_login)"},
      {command::join{"Blabla"}, "tell refused(malformed_login)"},
      {command::leave{"Blabla"}, "tell refused(malformed_login)"},
      {command::history{"Général", 1}, "tell refused(malformed_login)"},
      {command::who{"Général"}, "tell refused(malformed_login)"},
      {command::search{"Général", "x"}, "tell refused(malformed_login)"},
      {command::tell_privately{"zoe", "x"}, "tell refused(malformed_login)"},
      {command::check_credentials{"zoe", "x"}, "tell refused(malformed_login)"},
      {command::ban{"zoe"}, "tell refused(malformed_login)"},
      {command::change_password{{{"a", "b"}}}, "tell refused(malformed_login)"},
      {command::issue_token{}, "tell refused(malformed_login)"},
      {command::help{}, "tell refused(malformed_login)"},
      {command::quit{}, "tell refused(malformed_login)"},
  };
  for (const auto& row : cases) {
    rules::session fresh{1};
    EXPECT_EQ(support::lines_of(fresh.hear(row.said)), lines{row.expected}) << row.said.index();
  }
}

TEST_F(SessionLogin, ToleratesWhatCanBeSkippedAndEndsWithWhatCannotBe) {
  EXPECT_EQ(hear(misspoken{fault::frame_too_long, false}), lines{"tell refused(frame_too_long)"});
  EXPECT_EQ(hear(misspoken{fault::bad_encoding, false}), lines{"tell refused(bad_encoding)"});
  EXPECT_FALSE(session.closed());
  EXPECT_EQ(hear(misspoken{fault::malformed_login, false}), lines{"tell refused(malformed_login)"});

  session = rules::session{3};
  EXPECT_EQ(hear(misspoken{fault::frame_too_long, true}), lines{"hang up: refused(frame_too_long)"});
  session = rules::session{3};
  EXPECT_EQ(hear(misspoken{fault::foreign_protocol, true}), lines{"hang up"}); // a browser understands no word of ours
}

TEST_F(SessionLogin, EndsWithTheInput) {
  EXPECT_EQ(hear(input_ended{}), lines{"hang up"});
}

TEST_F(SessionLogin, HasATimeThatCanBeUp) {
  EXPECT_EQ(support::lines_of(session.time_is_up()), lines{"hang up: refused(login_timeout)"});
  EXPECT_EQ(support::lines_of(session.time_is_up()), lines{}); // once

  session = rules::session{3};
  hear(command::log_in{"zoe", "secret"}); // a login on its way is none yet, and it is the server that is late
  EXPECT_EQ(support::lines_of(session.time_is_up()), lines{"hang up: refused(busy)"});
  EXPECT_EQ(found(stored_user()), lines{}); // the late answer is nobody's

  session = rules::session{3};
  hear(command::log_in{"zoe", "secret"});
  found(stored_user());
  EXPECT_FALSE(session.stores());
  verified(0);
  EXPECT_TRUE(session.stores()) << "a login is written, and would hold though it was refused";

  session = rules::session{3};
  log_in();
  EXPECT_FALSE(session.stores());
  EXPECT_EQ(support::lines_of(session.time_is_up()), lines{});
  EXPECT_FALSE(session.closed());
}

// --- tokens ---

TEST_F(SessionLogin, TakesATokenInPlaceOfAPassword) {
  EXPECT_EQ(hear(command::resume{"t0k:en"}), lines{"ask find_token(t0k:en)"});
  EXPECT_EQ(found(stored_user()), lines{"ask arrive(7, l'été \"x\", t0k:en)"});
  EXPECT_EQ(arrived(welcome), lines{"tell logged_in(l'été \"x\", Général* Blabla)"});
}

TEST_F(SessionLogin, TriesAWrongTokenAsWhatElseItMayMean) {
  hear(command::resume{"secret", command::log_in{"RESUME", "secret"}});
  EXPECT_EQ(found(fault::wrong_credentials), lines{"ask find_user(RESUME)"});
  EXPECT_EQ(found(fault::unknown_user), lines{"ask verify(, secret)"});
  EXPECT_EQ(verified(std::nullopt), lines{"tell login_refused(wrong_credentials)"});
}

TEST_F(SessionLogin, TriesAnEmptyTokenAsNoPassword) {
  hear(command::resume{"", command::log_in{"RESUME", ""}});
  EXPECT_EQ(found(fault::wrong_credentials), lines{"tell login_refused(wrong_credentials)"});
}

TEST_F(SessionLogin, RefusesAWrongTokenThatMeansNothingElse) {
  hear(command::resume{"secret"});
  EXPECT_EQ(found(fault::wrong_credentials), lines{"tell login_refused(wrong_credentials)"});
}

TEST_F(SessionLogin, DoesNotTryAPasswordWhenTheStoreIsAway) {
  hear(command::resume{"secret", command::log_in{"RESUME", "secret"}});
  EXPECT_EQ(found(fault::storage), lines{"tell login_refused(storage)"});
}

TEST_F(SessionLogin, RefusesATokenOfSomebodyWhoIsOut) {
  hear(command::resume{"token"});
  found(stored_user());
  EXPECT_EQ(arrived(fault::kicked), lines{"tell login_refused(kicked)"});
}

// --- registration ---

TEST_F(SessionLogin, RegistersAfterLookingForTheName) {
  EXPECT_EQ(hear(command::register_user{"zoë", "z", "pw:1"}), lines{"ask find_user(zoë)"});
  EXPECT_EQ(found(fault::unknown_user), lines{"ask register_user(zoë, z, pw:1)"});
  EXPECT_EQ(settled(), lines{"tell registered"});
}

TEST_F(SessionLogin, AsksForTheInvitationBeforeTheName) {
  using purpose = rules::question::find_user::purpose;

  EXPECT_EQ(hear(command::register_invited{"c0de", {"zoë", "z", "p"}}), lines{"ask find_invitation(c0de)"});
  EXPECT_TRUE(session.waiting());
  const auto next = session.answered(rules::answer::settled{done{}});
  EXPECT_EQ(support::lines_of(next), lines{"ask find_user(zoë)"});
  EXPECT_EQ(std::get<rules::question::find_user>(std::get<rules::ask>(next.at(0)).question).reason,
            purpose::invited_registration);
  EXPECT_EQ(found(fault::unknown_user), lines{"ask register_user(zoë, z, p, c0de)"});
  EXPECT_EQ(settled(), lines{"tell registered"});
}

TEST_F(SessionLogin, RefusesAnInvitationThatIsNone) {
  for (const auto& [why, told] :
       {std::pair{fault::invalid_invitation, "invalid_invitation"},
        std::pair{fault::too_many_attempts, "too_many_attempts"}, std::pair{fault::storage, "storage"}}) {
    session = rules::session{3};
    hear(command::register_invited{"c0de", {"admin", "", ""}});
    EXPECT_EQ(settled(why), lines{"tell registration_refused(" + std::string(told) + ")"});
    EXPECT_FALSE(session.waiting()); // whether the connection ends with it is the dialect's business
  }
}

TEST_F(SessionLogin, TakesWhatIsNoInvitationForTheLoginOfWhoIsCalledSo) {
  const command::register_invited said{"se", {"cret", "", ""}, command::log_in{"INVITE", "se:cret"}};
  EXPECT_EQ(hear(said), lines{"ask find_invitation(se, INVITE)"});
  EXPECT_EQ(settled(fault::wrong_credentials), lines{"ask find_user(INVITE)"});
  EXPECT_TRUE(session.waiting());

  session = rules::session{3};
  hear(said);
  EXPECT_EQ(settled(fault::invalid_invitation), lines{"tell registration_refused(invalid_invitation)"});
}

TEST_F(SessionLogin, RefusesBadNamesOnceTheInvitationIsRight) {
  hear(command::register_invited{"c0de", {"admin", "z", "p"}});
  EXPECT_EQ(settled(), lines{"tell registration_refused(reserved_name)"});
  EXPECT_FALSE(session.unanswered());
}

TEST_F(SessionLogin, RefusesARegistrationWithoutAsking) {
  struct {
    command::register_user wish;
    const char* why;
  } const cases[] = {
      {{"", "a", "p"}, "invalid_username"},      {{" zoe", "a", "p"}, "invalid_username"},
      {{"z(o)e", "a", "p"}, "invalid_username"}, {{"admin", "a", "p"}, "reserved_name"},
      {{"SERVER", "a", "p"}, "reserved_name"},   {{"Inscription", "a", "p"}, "reserved_name"},
      {{"resume", "a", "p"}, "reserved_name"},   {{"Invite", "a", "p"}, "reserved_name"},
      {{"zoe", "", "p"}, "invalid_alias"},       {{"zoe", "a\n", "p"}, "invalid_alias"},
      {{"zoe", "a", ""}, "invalid_password"},    {{"zoe", "a", std::string(1025, 'p')}, "invalid_password"},
  };
  for (const auto& row : cases) {
    rules::session fresh{1};
    EXPECT_EQ(support::lines_of(fresh.hear(command::any{row.wish})),
              lines{std::string("tell registration_refused(") + row.why + ")"});
  }
}

TEST_F(SessionLogin, RefusesARegistrationAtEachStage) {
  hear(command::register_user{"zoë", "z", "p"});
  EXPECT_EQ(found(stored_user()), lines{"tell registration_refused(name_taken)"});

  session = rules::session{3};
  hear(command::register_user{"zoë", "z", "p"});
  EXPECT_EQ(found(fault::banned), lines{"tell registration_refused(name_taken)"}); // as the protocol words it

  session = rules::session{3};
  hear(command::register_user{"zoë", "z", "p"});
  EXPECT_EQ(found(fault::storage), lines{"tell registration_refused(storage)"});

  for (const auto why : {fault::name_taken, fault::alias_taken, fault::storage, fault::busy}) {
    session = rules::session{3};
    hear(command::register_user{"zoë", "z", "p"});
    found(fault::unknown_user);
    EXPECT_EQ(settled(why), lines{std::string("tell registration_refused(") + to_string(why) + ")"});
  }
}

} // namespace
} // namespace salond
