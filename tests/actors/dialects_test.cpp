// The seam of a dialect: a second one, which stands in the tests alone, is served by the same server.
#include "tests/support/node_fixture.hpp"
#include "tests/support/numbered/numbered_codec.hpp"

namespace salond {
namespace {

class Dialects : public NodeTest {
protected:
  Dialects() {
    add_user("zoë");
    add_user("paul");
    dialects = {&text_dialect, &support::numbered_dialect};
    speaks = "numbered"; // as the address of the door names it
    start();
  }
};

TEST_F(Dialects, ASecondOneHasItsOwnWordsAndManners) {
  auto zoe = connect();
  zoe.say(R"(1 ["log in", "zoë", "wrong"])");
  EXPECT_EQ(zoe.line(), R"(1 ["refused","wrong_credentials"])");
  zoe.say(R"(2 ["log in", "zoë", "secret"])"); // it goes on where the text dialect closes
  EXPECT_EQ(zoe.line(), R"(2 ["welcome","zoë"])");
  zoe.say(R"(3 ["post", "Général", "l'été \"x\" ):"])");
  EXPECT_EQ(zoe.line(), R"(3 ["said","Général","zoë","l'été \"x\" ):"])");
  zoe.say(R"(3 ["post", "Général", "twice 3"])");
  EXPECT_EQ(zoe.line(), R"(4 ["refused","unknown_command"])");

  zoe.say(R"(5 ["quit"])");
  EXPECT_TRUE(zoe.ends());
}

TEST_F(Dialects, AreSpelledEachInItsOwnWayInOneSalon) {
  auto zoe = connect();
  zoe.say(R"(1 ["log in", "zoë", "secret"])");
  zoe.line();
  auto paul = connect();
  paul.say(R"(1 ["text"])"
           "\npaul:secret"); // another codec from here on, with the bytes that came already
  welcomed(paul);

  paul.say("MSG (Général):bonjour");
  EXPECT_EQ(paul.line(), "paul dans le salon Général: bonjour");
  EXPECT_EQ(zoe.line(), R"(2 ["said","Général","paul","bonjour"])");
  zoe.say(R"(2 ["post", "Général", "salut"])");
  EXPECT_EQ(zoe.line(), R"(3 ["said","Général","zoë","salut"])");
  EXPECT_EQ(paul.line(), "zoë dans le salon Général: salut");
}

TEST_F(Dialects, MayLeaveOutWhatAClientSaysItself) {
  auto zoe = connect();
  zoe.say(R"(1 ["quiet"])"
          "\n"
          R"(2 ["log in", "zoë", "secret"])");
  zoe.line();
  auto paul = connect();
  paul.say(R"(1 ["log in", "paul", "secret"])");
  paul.line();

  zoe.say(R"(3 ["post", "Général", "salut"])");
  EXPECT_EQ(paul.line(), R"(2 ["said","Général","zoë","salut"])");
  paul.say(R"(2 ["post", "Général", "bonjour"])");
  EXPECT_EQ(paul.line(), R"(3 ["said","Général","paul","bonjour"])");
  EXPECT_EQ(zoe.line(), R"(2 ["said","Général","paul","bonjour"])"); // and nothing before
}

TEST_F(Dialects, EndWithTheirOwnLastWords) {
  auto zoe = connect();
  zoe.say(R"(1 ["log in", "zoë", "secret"])");
  zoe.line();

  stop_node();

  EXPECT_EQ(zoe.line(), R"(2 ["stopping"])");
  EXPECT_TRUE(zoe.ends());
}

} // namespace
} // namespace salond
