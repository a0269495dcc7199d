// What is handed out piece by piece is one answer: the next piece is asked for when the client has read, and the next
// utterance waits for the last one.
#include "tests/support/session_fixture.hpp"

namespace salond {
namespace {

class SessionHandOut : public SessionTest {
protected:
  /// Logged in, and not told all that waited.
  lines arrive() {
    hear(command::log_in{"zoe", "secret"});
    found(stored_user());
    verified(0);
    return answered(rules::answer::arrived{
        event::logged_in{"zoë", {}}, {event::said_privately{private_id{1}, "paul", "un", {}}}, true});
  }
  lines piece(const std::string& text, bool more) {
    return answered(rules::answer::remembered{
        std::vector<event::any>{event::said_privately{private_id{2}, "paul", text, {}}}, more});
  }
};

TEST_F(SessionHandOut, AsksForTheRestOfWhatWaitedOnceThatIsRead) {
  EXPECT_EQ(arrive(), (lines{"tell logged_in(zoë, )", "tell said_privately(paul, un)", "ask when read next_piece"}));
  EXPECT_FALSE(session.anonymous());
  EXPECT_TRUE(session.waiting());
  EXPECT_EQ(session.time_is_up().size(), 0u); // it logged in in time

  EXPECT_EQ(piece("deux", true), (lines{"tell said_privately(paul, deux)", "ask when read next_piece"}));
  EXPECT_TRUE(session.waiting());
  EXPECT_EQ(piece("trois", false), lines{"tell said_privately(paul, trois)"});
  EXPECT_FALSE(session.waiting());
}

TEST_F(SessionHandOut, EndsALoginThatCannotBeHandedTheRest) {
  arrive();

  EXPECT_EQ(answered(rules::answer::remembered{fault::storage}), lines{"hang up: refused(storage)"});
}

TEST_F(SessionHandOut, TellsAHistoryInPiecesAndRefusesTheRestWhereItMust) {
  log_in();
  hear(command::history{"Général", 2});

  EXPECT_EQ(piece("un", true), (lines{"tell said_privately(paul, un)", "ask when read next_piece"}));
  EXPECT_TRUE(session.waiting());
  EXPECT_EQ(answered(rules::answer::remembered{fault::not_a_member}), lines{"tell refused(not_a_member, Général)"});
  EXPECT_FALSE(session.waiting());
}

TEST_F(SessionHandOut, LooksFurtherThoughNothingWasFoundYet) {
  log_in();
  hear(command::search{"Général", "aiguille"});

  EXPECT_EQ(piece("un", true), (lines{"tell said_privately(paul, un)", "ask when read next_piece"}));
  EXPECT_EQ(answered(rules::answer::remembered{std::vector<event::any>{event::nothing_found{"Général"}}}),
            lines{"tell nothing_found(Général)"});
  EXPECT_FALSE(session.waiting());
}

TEST_F(SessionHandOut, RefusesAListOfASalonByTheNameThatWasTyped) {
  log_in();
  hear(command::who{"nulle part"});

  EXPECT_EQ(answered(rules::answer::remembered{fault::unknown_salon}),
            lines{"tell refused(unknown_salon, nulle part)"});
}

TEST_F(SessionHandOut, AsksNothingFurtherOnceItIsClosed) {
  arrive();

  session.hung_up();

  EXPECT_EQ(piece("deux", true), lines{});
}

} // namespace
} // namespace salond
