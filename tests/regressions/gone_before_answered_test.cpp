// What the database had taken was carried on by the connection that had asked: a private message was told to its target
// by its author's connection, and a new account was made known to the salons by the connection that registered it.
// Where that connection broke between the commit and the answer (a client that says its last sentence and closes is
// enough), nobody did it: the target, who was connected, was told at his next login, behind later messages, and the new
// user was told in `Général` that he is no member of it, until the server was started again.
// Right: what is stored is told, and known to whom it concerns, be there still somebody to be answered or not.
#include "tests/support/node_fixture.hpp"

namespace salond {
namespace {

using support::eventually;

class GoneBeforeAnswered : public NodeTest {
protected:
  GoneBeforeAnswered() {
    add_user("zoë");
    paul_id = add_user("paul");
  }

  /// Says what writes something, and breaks the connection before that is committed; then it is.
  void say_and_break(client& who, const std::string& what_is_said) {
    const auto others = connections() - 1;
    guard->hold(access::writes);
    who.say(what_is_said);
    ASSERT_TRUE(eventually([&] { return writes_waiting() == 1; }));
    who.reset();
    ASSERT_TRUE(eventually([&] { return connections() == others; }));
    guard->release(access::writes);
  }
  size_t connections() {
    return on_io_thread([](audience& clients) { return clients.connections(); });
  }

  user_id paul_id;
};

TEST_F(GoneBeforeAnswered, APrivateMessageIsToldToEachConnectionOfItsTargetAndOfItsAuthor) {
  start();
  auto zoe = log_in("zoë"), zoe_elsewhere = log_in("zoë");
  auto paul = log_in("paul"), paul_elsewhere = log_in("paul");

  say_and_break(zoe, "PRIVATE:paul:un");
  EXPECT_EQ(paul.line(), "zoë (privé): un");
  EXPECT_EQ(paul_elsewhere.line(), "zoë (privé): un");
  EXPECT_EQ(zoe_elsewhere.line(), "zoë (privé): un");

  EXPECT_TRUE(eventually([&] { return look_up("SELECT count(delivered_ms) FROM private_messages") == "1"; }));
}

TEST_F(GoneBeforeAnswered, PrivateMessagesComeInTheirOrder) {
  start();
  auto zoe = log_in("zoë"), zoe_elsewhere = log_in("zoë");
  auto paul = log_in("paul");

  say_and_break(zoe, "PRIVATE:paul:un");
  zoe_elsewhere.say("PRIVATE:paul:deux");

  EXPECT_EQ(paul.line(), "zoë (privé): un");
  EXPECT_EQ(paul.line(), "zoë (privé): deux");
}

TEST_F(GoneBeforeAnswered, ANewUserIsAMemberInTheSalonsToo) {
  start();
  auto paul = log_in("paul");
  auto stranger = connect();

  say_and_break(stranger, "INSCRIPTION:julie:julie:secret");
  ASSERT_TRUE(eventually([&] { return look_up("SELECT count(*) FROM clients WHERE username = 'julie'") == "1"; }));
  auto julie = log_in("julie");
  julie.say("MSG (Général):bonjour");

  EXPECT_EQ(julie.line(), "julie dans le salon Général: bonjour");
  EXPECT_EQ(paul.line(), "julie dans le salon Général: bonjour");
}

} // namespace
} // namespace salond
