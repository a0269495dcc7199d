// What happens between actors at the same time, and is hardly ever seen from outside.
#include "tests/support/node_fixture.hpp"
#include <thread>

namespace salond {
namespace {

using support::eventually;

class Flows : public NodeTest {
protected:
  Flows() {
    zoe_id = add_user("zoë");
    paul_id = add_user("paul");
  }
  void hold_writes() { guard->hold(access::writes); }
  void release_writes() { guard->release(access::writes); }
  bool writes_reach(size_t count) {
    return eventually([&] { return writes_waiting() == count; });
  }

  /// The next line but a "… a rejoint …", which comes first if the session had begun when it was told.
  static std::string last_of_two(client& who) {
    auto heard = who.line();
    return heard.find("a rejoint") == std::string::npos ? heard : who.line();
  }

  user_id zoe_id, paul_id;
};

TEST_F(Flows, NobodyIsToldWhatIsNotCommitted) {
  start();
  auto zoe = log_in("zoë");
  auto paul = log_in("paul");
  hold_writes();
  zoe.say("MSG (Général):attends");
  ASSERT_TRUE(writes_reach(1));

  paul.say("HISTORY:Général:10"); // empty: the next answer comes at once
  paul.say("HELP");
  EXPECT_EQ(paul.line().find("attends"), std::string::npos);
  EXPECT_FALSE(stored("attends"));

  release_writes();
  EXPECT_EQ(zoe.line(), "zoë dans le salon Général: attends");
  EXPECT_TRUE(stored("attends"));
}

TEST_F(Flows, APostThatFailedIsToldToItsAuthorAlone) {
  start();
  auto zoe = log_in("zoë");
  auto paul = log_in("paul");
  guard->fail_writes(persistence::store_error::kind::unavailable, 1);
  zoe.say("MSG (Général):never");
  EXPECT_EQ(zoe.line(), "ERREUR: service momentanément indisponible, réessayez");

  zoe.say("MSG (Général):then");

  EXPECT_EQ(zoe.line(), "zoë dans le salon Général: then");
  EXPECT_EQ(paul.line(), "zoë dans le salon Général: then");
  EXPECT_FALSE(stored("never"));
}

TEST_F(Flows, AnswersComeInTheOrderOfTheCommands) {
  start();
  auto zoe = log_in("zoë");
  std::string all;
  for (int i = 1; i <= 100; ++i)
    all += "MSG (Général):" + std::to_string(i) + "\n";
  zoe.push(all + "HISTORY:Général:1\nMSG (Blabla):x\nMSG (Général):last\nJOIN:Blabla\n", support::deadline);

  for (int i = 1; i <= 100; ++i)
    ASSERT_EQ(zoe.line(), "zoë dans le salon Général: " + std::to_string(i));
  EXPECT_EQ(zoe.line(), "zoë dans le salon Général: 100"); // out of the history
  EXPECT_EQ(zoe.line(), "ERREUR: vous n'êtes pas membre du salon Blabla");
  EXPECT_EQ(zoe.line(), "zoë dans le salon Général: last");
  EXPECT_EQ(zoe.line(), "zoë a rejoint le salon Blabla.");
}

TEST_F(Flows, TheEndOfInputComesBehindTheAnswers) {
  start();
  auto zoe = connect();
  zoe.say("zoë:secret");
  zoe.say("MSG (Général):adieu");
  zoe.end_output();

  welcomed(zoe);
  EXPECT_EQ(zoe.line(), "zoë dans le salon Général: adieu");
  EXPECT_TRUE(zoe.ends());
}

// --- arrivals ---

TEST_F(Flows, APrivateMessageStoredBeforeAnArrivalIsToldOnce) {
  start();
  auto paul = log_in("paul");
  hold_writes();
  paul.say("PRIVATE:zoë:un");
  ASSERT_TRUE(writes_reach(1));
  auto zoe = begin_login("zoë");
  ASSERT_TRUE(writes_reach(2)); // her arrival is behind it

  release_writes();

  welcomed(zoe);
  EXPECT_EQ(zoe.line(), "paul (privé): un");
  paul.say("PRIVATE:zoë:deux");
  EXPECT_EQ(zoe.line(), "paul (privé): deux");
}

TEST_F(Flows, APrivateMessageStoredBehindAnArrivalIsToldOnce) {
  start();
  auto paul = log_in("paul");
  hold_writes();
  auto zoe = begin_login("zoë");
  ASSERT_TRUE(writes_reach(1));
  paul.say("PRIVATE:zoë:un");
  ASSERT_TRUE(writes_reach(2));

  release_writes();

  welcomed(zoe);
  EXPECT_EQ(zoe.line(), "paul (privé): un");
  paul.say("PRIVATE:zoë:deux");
  EXPECT_EQ(zoe.line(), "paul (privé): deux");
}

TEST_F(Flows, APrivateMessageIsMarkedOnceItIsWritten) {
  start();
  auto paul = log_in("paul");
  paul.say("PRIVATE:zoë:waits");
  paul.say("HELP");
  paul.line();
  auto zoe = log_in("zoë");
  EXPECT_EQ(zoe.line(), "paul (privé): waits");
  ASSERT_TRUE(eventually([&] { return look_up("SELECT count(delivered_ms) FROM private_messages") == "1"; }));
  zoe.reset();

  auto again = log_in("zoë");
  paul.say("PRIVATE:zoë:next");
  EXPECT_EQ(again.line(), "paul (privé): next");
}

TEST_F(Flows, AMembershipStoredBeforeAnotherConnectionArrivesIsHeardThere) {
  start();
  auto first = log_in("zoë");
  hold_writes();
  first.say("JOIN:Blabla");
  ASSERT_TRUE(writes_reach(1));
  auto second = begin_login("zoë");
  ASSERT_TRUE(writes_reach(2));

  release_writes();

  EXPECT_EQ(first.line(), "zoë a rejoint le salon Blabla.");
  EXPECT_EQ(second.line(), "CONNECTED");
  second.line();
  EXPECT_NE(second.line().find("Blabla"), std::string::npos);
  first.say("MSG (Blabla):entendu");
  EXPECT_EQ(last_of_two(second), "zoë dans le salon Blabla: entendu");
}

TEST_F(Flows, AMembershipStoredBehindTheArrivalOfAnotherConnectionIsHeardThere) {
  start();
  auto first = log_in("zoë");
  hold_writes();
  auto second = begin_login("zoë");
  ASSERT_TRUE(writes_reach(1));
  first.say("JOIN:Blabla");
  ASSERT_TRUE(writes_reach(2));

  release_writes();

  EXPECT_EQ(first.line(), "zoë a rejoint le salon Blabla.");
  welcomed(second);
  first.say("MSG (Blabla):entendu");
  EXPECT_EQ(last_of_two(second), "zoë dans le salon Blabla: entendu");
}

TEST_F(Flows, AMembershipEndedWhileAnotherConnectionArrivesIsHeardNoMore) {
  start();
  auto paul = log_in("paul");
  auto first = log_in("zoë");
  hold_writes();
  auto second = begin_login("zoë");
  ASSERT_TRUE(writes_reach(1));
  first.say("LEAVE:Général");
  ASSERT_TRUE(writes_reach(2));

  release_writes();

  welcomed(second);
  EXPECT_EQ(first.line(), "zoë a quitté le salon Général.");
  EXPECT_EQ(paul.line(), "zoë a quitté le salon Général.");
  paul.say("MSG (Général):sans elle");
  EXPECT_EQ(paul.line(), "paul dans le salon Général: sans elle");
  EXPECT_TRUE(connections_of(zoe_id).empty()); // none of hers hears the salon
}

// --- departures ---

TEST_F(Flows, ARowFollowsDeparturesAndArrivalsInTheirOrder) {
  start();
  for (int i = 0; i < 10; ++i) {
    auto zoe = log_in("zoë");
    EXPECT_EQ(status_of("zoë"), "connected");
    zoe.reset(); // and at once the next one
  }
  EXPECT_TRUE(eventually([&] { return status_of("zoë") == "disconnected"; }));
}

TEST_F(Flows, ADepartureIsStoredOnceTheDatabaseIsBack) {
  start();
  auto zoe = log_in("zoë");
  guard->fail_writes(persistence::store_error::kind::unavailable, 1);

  zoe.reset();

  EXPECT_TRUE(eventually([&] { return status_of("zoë") == "disconnected"; }));
}

// --- stop ---

TEST_F(Flows, AStopCommitsWhatWasTakenAndLeavesNobodyConnected) {
  start();
  auto zoe = log_in("zoë");
  auto paul = log_in("paul");
  zoe.say("MSG (Général):un");
  EXPECT_EQ(zoe.line(), "zoë dans le salon Général: un");

  EXPECT_EQ(stop_node(), 0);

  EXPECT_EQ(zoe.line(), "Le serveur va s'arrêter. Merci de vous déconnecter.");
  EXPECT_TRUE(zoe.ends());
  EXPECT_EQ(paul.line(), "zoë dans le salon Général: un");
  EXPECT_EQ(paul.line(), "Le serveur va s'arrêter. Merci de vous déconnecter.");
  EXPECT_TRUE(paul.ends());
  EXPECT_TRUE(stored("un"));
  EXPECT_EQ(look_up("SELECT count(*) FROM clients WHERE status = 'connected'"), "0");
}

TEST_F(Flows, AStopCommitsThePostsThatWaitForTheirTurnToo) {
  start();
  auto zoe = log_in("zoë");
  guard->hold(access::writes);
  zoe.say("MSG (Général):un"); // under way, as the next one; the third waits in the salon until one of them is stored
  ASSERT_TRUE(eventually([&] { return guard->held(access::writes) == 1; })); // taken: nothing joins it
  zoe.say("MSG (Général):deux");
  ASSERT_TRUE(eventually([&] { return writes_waiting() == 2; }));
  zoe.say("MSG (Général):trois");
  ASSERT_TRUE(eventually([&] {
    return on_io_thread([](audience& clients) { return clients.salons.find("Général")->posts.in_flight(); }) == 3;
  }));

  stop_later(0);
  EXPECT_EQ(zoe.line(), "Le serveur va s'arrêter. Merci de vous déconnecter.");
  EXPECT_TRUE(zoe.ends());
  guard->release(access::writes);

  EXPECT_EQ(end_status(), 0);
  EXPECT_TRUE(stored("un"));
  EXPECT_TRUE(stored("deux"));
  EXPECT_TRUE(stored("trois"));
}

TEST_F(Flows, AnAnnouncedStopLetsNobodyInAndASecondOneWaitsNoLonger) {
  start();
  auto zoe = log_in("zoë");

  stop_later(3600);

  EXPECT_EQ(zoe.line(), "Le serveur va s'arrêter dans 3600 secondes. Merci de vous déconnecter.");
  EXPECT_TRUE(eventually([&] { return !connect().connected(); }));
  zoe.say("MSG (Général):encore");
  EXPECT_EQ(zoe.line(), "zoë dans le salon Général: encore");
  EXPECT_EQ(stop_node(), 0);
  EXPECT_EQ(zoe.line(), "Le serveur va s'arrêter. Merci de vous déconnecter.");
  EXPECT_TRUE(zoe.ends());
}

// "Done" that did not hold: after `kill 86400`, which was a mistake, `kill 1` was answered as done and changed nothing.
TEST_F(Flows, OfTwoAnnouncedStopsTheLastWordCounts) {
  start();
  auto zoe = log_in("zoë");

  stop_later(1);
  stop_later(86400);
  EXPECT_EQ(zoe.line(), "Le serveur va s'arrêter dans 1 secondes. Merci de vous déconnecter.");
  EXPECT_EQ(zoe.line(), "Le serveur va s'arrêter dans 86400 secondes. Merci de vous déconnecter.");
  std::this_thread::sleep_for(std::chrono::milliseconds{1500}); // the first one's time is what is tried
  zoe.say("MSG (Général):encore");
  EXPECT_EQ(zoe.line(), "zoë dans le salon Général: encore");

  stop_later(1);
  EXPECT_EQ(zoe.line(), "Le serveur va s'arrêter dans 1 secondes. Merci de vous déconnecter.");
  EXPECT_EQ(zoe.line(), "Le serveur va s'arrêter. Merci de vous déconnecter.");
  EXPECT_EQ(end_status(), 0);
}

TEST_F(Flows, AnAnnouncedStopComesWhenItsTimeIsOver) {
  start();
  auto zoe = log_in("zoë");

  stop_later(1);

  EXPECT_EQ(end_status(), 0);
  EXPECT_EQ(zoe.line(), "Le serveur va s'arrêter dans 1 secondes. Merci de vous déconnecter.");
  EXPECT_EQ(zoe.line(), "Le serveur va s'arrêter. Merci de vous déconnecter.");
}

} // namespace
} // namespace salond
