// A private message counted as delivered once it was written, be there a client to read it or not. One that gave up its
// login and closed, or that closed in the moment in which it was told, had it marked as delivered all the same: the
// kernel takes what is written to a socket until the peer's reset has come. Nobody was ever told it again.
// Right: it counts as delivered once the client's kernel has it and the client has not broken the connection since.
// Who has read it is not told again, however the connection ends.
#include "actors/transport/tls_credentials.hpp"
#include "tests/support/line_client.hpp"
#include "tests/support/node_fixture.hpp"

namespace salond {
namespace {

using support::eventually;
using support::line_client;

class UnreadMail : public NodeTest {
protected:
  UnreadMail() {
    zoe_id = add_user("zoë");
    paul_id = add_user("paul");
  }

  /// One that waits for zoë; its number.
  int64_t store(const std::string& text) {
    return std::stoll(look_up("INSERT INTO private_messages(from_client_id, to_client_id, contenu, created_ms, bytes) "
                              "VALUES ("
                              + std::to_string(paul_id.value) + ", " + std::to_string(zoe_id.value) + ", '" + text
                              + "', 0, 9) RETURNING pm_id"));
  }
  bool nobody_is_connected() {
    return eventually([this] { return on_io_thread([](audience& clients) { return clients.connections() == 0; }); });
  }
  bool is_marked() {
    return eventually(
        [this] { return look_up("SELECT count(*) FROM private_messages WHERE delivered_ms IS NULL") == "0"; });
  }
  /// Whether zoë is told nothing but this at a login of hers.
  void expect_at_login(const std::vector<std::string>& texts) {
    auto zoe = log_in("zoë");
    for (const auto& text : texts)
      EXPECT_EQ(zoe.line(), "paul (privé): " + text);
    zoe.say("QUIT");
    EXPECT_TRUE(zoe.ends());
    zoe.close();
  }
  /// Zoë says her login by `say` and is gone by `close` before that is answered.
  template <class Say, class Close>
  void give_up_a_login(Say say, Close close) {
    guard->hold(access::writes);
    say();
    ASSERT_TRUE(eventually([&] { return guard->held(access::writes) == 1; }));
    close();
    guard->release(access::writes);
    ASSERT_TRUE(nobody_is_connected());
  }

  user_id zoe_id, paul_id;
};

TEST_F(UnreadMail, IsToldAtTheNextLoginOfWhoGaveOneUp) {
  start();
  store("un");
  auto zoe = connect();

  give_up_a_login([&] { zoe.say("zoë:secret"); }, [&] { zoe.close(); });

  expect_at_login({"un"});
  ASSERT_TRUE(is_marked());
  expect_at_login({});
}

TEST_F(UnreadMail, IsToldAtTheNextLoginOfWhoGaveOneUpOverTls) {
  const auto authority = make_authority();
  const auto pair = to_pem(issue({peer_kind::chat, "salond"}, authority, {}, {"127.0.0.1"}).own);
  certificate = std::make_shared<const tls_credentials>(pair, pair);
  start();
  store("un");
  const auto door = "tls://127.0.0.1:" + std::to_string(port);
  line_client zoe{door};

  give_up_a_login([&] { zoe.say("zoë:secret"); }, [&] { zoe.socket().close(); });

  line_client again{door};
  ASSERT_TRUE(again.log_in("zoë"));
  EXPECT_EQ(again.hear(), "paul (privé): un");
  EXPECT_TRUE(is_marked());
}

TEST_F(UnreadMail, IsToldAgainWhereItCameToAClientThatClosedAndReadItNot) {
  start();
  auto zoe = log_in("zoë");
  const private_id which{store("un")};

  on_io_thread([&](audience& clients) { // in one turn of the loop: before anybody can look what has come
    clients.users.tell_privately(zoe_id, paul_id, {}, {which, "paul", "un", {}});
    clients.flush();
    EXPECT_TRUE(zoe.is_told_something());
    zoe.close();
    return true;
  });

  ASSERT_TRUE(nobody_is_connected());
  expect_at_login({"un"});
}

TEST_F(UnreadMail, IsNotToldAgainToWhoReadItAndClosed) {
  start();
  auto zoe = log_in("zoë"), paul = log_in("paul");
  paul.say("PRIVATE:zoë:un");
  EXPECT_EQ(zoe.line(), "paul (privé): un");

  zoe.close();                    // at once: before anybody has looked
  paul.say("MSG (Général):deux"); // which is answered with a reset
  EXPECT_EQ(paul.line(), "paul dans le salon Général: deux");

  EXPECT_TRUE(is_marked());
  expect_at_login({});
}

TEST_F(UnreadMail, IsToldOnceToWhoEndsHisOutputAndReadsOn) {
  start();
  store("un");
  auto zoe = connect();
  zoe.say("zoë:secret");
  zoe.end_output();

  welcomed(zoe);
  EXPECT_EQ(zoe.line(), "paul (privé): un");
  EXPECT_TRUE(zoe.ends());
  zoe.close();

  EXPECT_TRUE(is_marked());
  expect_at_login({});
}

TEST_F(UnreadMail, IsNotToldAgainToWhoLogsInBesideWhoWasTold) {
  start();
  auto zoe = log_in("zoë"), paul = log_in("paul");
  paul.say("PRIVATE:zoë:un");
  EXPECT_EQ(zoe.line(), "paul (privé): un");

  auto again = log_in("zoë"); // at once: it is not marked yet
  paul.say("PRIVATE:zoë:deux");

  for (auto* who : {&zoe, &again})
    EXPECT_EQ(who->line(), "paul (privé): deux");
}

TEST_F(UnreadMail, ClosesNobodyWhoWaitsForItWhileTheDatabaseIsAway) {
  start();
  auto zoe = log_in("zoë"), paul = log_in("paul");
  store("un"); // zoë is not told it, and so it is not marked
  auto again = log_in("zoë");

  guard->fail_writes(persistence::store_error::kind::unavailable, 1); // one of the looks
  ASSERT_TRUE(eventually([this] { return guard->failures_left() == 0; }));
  paul.say("PRIVATE:zoë:deux");

  EXPECT_EQ(again.line(), "paul (privé): un");
  EXPECT_EQ(again.line(), "paul (privé): deux");
}

TEST_F(UnreadMail, IsMarkedThoughTheDatabaseRefusesToMarkAnother) {
  start();
  look_up("CREATE TRIGGER never BEFORE UPDATE ON private_messages WHEN NEW.contenu = 'un' "
          "BEGIN SELECT RAISE(ABORT, 'never'); END");
  store("un");
  store("deux");

  expect_at_login({"un", "deux"});

  EXPECT_TRUE(eventually([this] { return look_up("SELECT count(delivered_ms) FROM private_messages") == "1"; }));
  EXPECT_TRUE(eventually([this] {
    return on_io_thread(
        [](audience& clients) { return !clients.marks.has(private_id{1}) && !clients.marks.has(private_id{2}); });
  })) << "it would be tried for ever";
  expect_at_login({"un"});
}

TEST_F(UnreadMail, IsLookedForOnceHoweverOftenSomebodyAsksForIt) {
  start();
  auto zoe = log_in("zoë");
  ASSERT_TRUE(eventually([this] { return writes_waiting() == 0; }));
  guard->hold(access::writes);
  for (int i = 0; i < 20; ++i)
    caf::anon_send(actors.relay, look_for_mail{});
  ASSERT_TRUE(eventually([this] { return guard->held(access::writes) == 1; }));
  ask<settled>(actors.relay, settle{});
  EXPECT_EQ(writes_waiting(), 1u);

  guard->fail_writes(persistence::store_error::kind::unavailable, 1);
  guard->release(access::writes);
  ASSERT_TRUE(eventually([this] { return guard->failures_left() == 0; }));
  guard->hold(access::writes); // what is tried again a second later

  ASSERT_TRUE(eventually([this] { return writes_waiting() != 0; }));
  ask<settled>(actors.relay, settle{});
  EXPECT_EQ(writes_waiting(), 1u);
}

} // namespace
} // namespace salond
