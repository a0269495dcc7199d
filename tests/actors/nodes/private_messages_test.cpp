// Private messages between nodes: each connection of the target, and the author's others, on both, once; and what was
// lost with a link is told all the same.
#include "tests/support/two_nodes.hpp"

namespace salond {
namespace {

using support::eventually;

class PrivateMessages : public support::two_nodes {
protected:
  void link_them() override {
    paris->link_to(*lyon, between);
    lyon->link_to(*paris, between);
  }
  /// What is said last: whatever else was told came before.
  static void expect_nothing_more(support::port_client& who, const std::string& name) {
    who.say("PRIVATE:" + name + ":end");
    EXPECT_EQ(who.line(), name + " (privé): end");
  }
  bool all_are_marked() {
    return eventually([&] { return value("SELECT COUNT(*) FROM private_messages WHERE delivered_ms IS NULL") == "0"; });
  }

  link_switch between = new_link();
};

TEST_F(PrivateMessages, AreToldOnceOnEachConnectionOfTheTargetAndOnTheAuthorsOthers) {
  auto zoe = paris->log_in("zoë"), zoe_too = paris->log_in("zoë"), zoe_there = lyon->log_in("zoë");
  auto paul = paris->log_in("paul"), paul_there = lyon->log_in("paul");

  for (const auto* text : {"un", "deux"})
    zoe.say("PRIVATE:paul:" + std::string(text));

  for (auto* who : {&paul, &paul_there, &zoe_too, &zoe_there})
    for (const auto* text : {"un", "deux"})
      EXPECT_EQ(who->line(), "zoë (privé): " + std::string(text));
  EXPECT_TRUE(all_are_marked());
  paul_there.say("PRIVATE:zoë:trois");
  for (auto* who : {&zoe, &zoe_too, &zoe_there, &paul})
    EXPECT_EQ(who->line(), "paul (privé): trois");
  expect_nothing_more(paul_there, "paul");
}

TEST_F(PrivateMessages, ReachTheTargetBeforeALinkIsThere) {
  *between = link::down;
  auto zoe = paris->log_in("zoë");
  auto paul = lyon->log_in("paul"), paul_too = lyon->log_in("paul");

  zoe.say("PRIVATE:paul:un");

  for (auto* who : {&paul, &paul_too})
    EXPECT_EQ(who->line(), "zoë (privé): un");
  EXPECT_TRUE(all_are_marked());
  lyon->tell_up(paris->run());
  zoe.say("PRIVATE:paul:deux");
  for (auto* who : {&paul, &paul_too})
    EXPECT_EQ(who->line(), "zoë (privé): deux");
}

TEST_F(PrivateMessages, ThatWereLostWithALinkAreReadOnce) {
  auto zoe = paris->log_in("zoë");
  auto paul = lyon->log_in("paul");
  zoe.say("PRIVATE:paul:un");
  EXPECT_EQ(paul.line(), "zoë (privé): un");
  *between = link::broken;
  zoe.say("PRIVATE:paul:deux");
  ASSERT_TRUE(eventually([&] { return value("SELECT COUNT(*) FROM private_messages") == "2"; }));

  lyon->tell_down(paris->run());
  lyon->tell_down(paris->run());

  EXPECT_EQ(paul.line(), "zoë (privé): deux");
  expect_nothing_more(paul, "paul");
  EXPECT_TRUE(all_are_marked());
}

TEST_F(PrivateMessages, ThatAreToldAndNotMarkedYetAreNotToldAgain) {
  auto zoe = paris->log_in("zoë");
  auto paul = lyon->log_in("paul");
  lyon->guard->fail_writes(persistence::store_error::kind::unavailable, 1); // the mark, which is tried again
  zoe.say("PRIVATE:paul:un");
  EXPECT_EQ(paul.line(), "zoë (privé): un");
  ASSERT_TRUE(eventually([&] { return lyon->guard->failures_left() == 0; })) << "what comes next would share its group";

  lyon->tell_down(paris->run());

  expect_nothing_more(paul, "paul");
}

TEST_F(PrivateMessages, ThatWereLostOnOneNodeAndToldOnAnotherAreReadByWhoMissedThem) {
  auto zoe = paris->log_in("zoë"), paul_there = paris->log_in("paul"), paul = lyon->log_in("paul");
  *between = link::broken;
  zoe.say("PRIVATE:paul:un");
  EXPECT_EQ(paul_there.line(), "zoë (privé): un");
  ASSERT_TRUE(all_are_marked());
  auto paul_later = lyon->log_in("paul");

  lyon->tell_down(paris->run());
  lyon->tell_down(paris->run());

  EXPECT_EQ(paul.line(), "zoë (privé): un");
  expect_nothing_more(paul, "paul");
  EXPECT_EQ(paul_later.line(), "paul (privé): end");
}

TEST_F(PrivateMessages, AreNotToldAgainToWhoLogsInElsewhereInTheMoment) {
  auto zoe = paris->log_in("zoë"), paul = paris->log_in("paul");
  zoe.say("PRIVATE:paul:un");
  EXPECT_EQ(paul.line(), "zoë (privé): un");

  auto paul_there = lyon->log_in("paul"); // at once: it is not marked yet
  zoe.say("PRIVATE:paul:deux");

  for (auto* who : {&paul, &paul_there})
    EXPECT_EQ(who->line(), "zoë (privé): deux");
}

} // namespace
} // namespace salond
