// Each row of the table in docs/architecture.md, "Actors": what happens when that actor dies.
#include "actors/transport/transport_context.hpp"
#include "tests/support/node_fixture.hpp"
#include "tests/support/node_table.hpp"

namespace salond {
namespace {

using support::eventually;

const std::string unavailable = "ERREUR: service momentanément indisponible, réessayez";

class Supervision : public NodeTest {
protected:
  Supervision() {
    zoe_id = add_user("zoë");
    paul_id = add_user("paul");
    add_user("chef", role::administrator);
  }

  /// Kills the salon and waits until it is open again.
  void lose_salon(const std::string& name) {
    const auto before = salon_named(name);
    kill(before);
    ASSERT_TRUE(eventually([&] {
      const auto now = salon_named(name);
      return now && now != before;
    }));
  }
  /// Kills one of the actors that are started again, and waits until connections ask the next one.
  template <class Handle>
  void lose(Handle serving::*which, const Handle& whom) {
    kill(whom);
    ASSERT_TRUE(
        eventually([&] { return on_io_thread([&](audience& clients) { return clients.services.*which != whom; }); }));
  }

  user_id zoe_id, paul_id;
};

// --- connection ---

TEST_F(Supervision, AConnectionThatDiesIsForgottenAndOthersGoOn) {
  start();
  auto zoe = log_in("zoë");
  auto paul = log_in("paul");
  EXPECT_EQ(status_of("zoë"), "connected");

  for (const auto& each : connections_of(zoe_id))
    kill(each);

  EXPECT_TRUE(zoe.ends());
  EXPECT_TRUE(eventually([&] { return status_of("zoë") == "disconnected"; }));
  EXPECT_EQ(status_of("paul"), "connected");
  paul.say("MSG (Général):encore là");
  EXPECT_EQ(paul.line(), "paul dans le salon Général: encore là");
  log_in("zoë");
}

TEST_F(Supervision, AUserStaysConnectedWhileAnotherConnectionLives) {
  start();
  auto first = log_in("zoë");
  auto second = log_in("zoë");

  first.reset();

  ASSERT_TRUE(eventually([&] { return connections_of(zoe_id).size() == 1; }));
  second.say("HISTORY:Général:0"); // an answer: all that the death led to was asked before
  second.line();
  EXPECT_EQ(status_of("zoë"), "connected");
}

// --- salon ---

TEST_F(Supervision, ASalonIsReopenedFromTheStore) {
  start();
  auto zoe = log_in("zoë");
  auto paul = log_in("paul");
  zoe.say("MSG (Général):un");
  EXPECT_EQ(zoe.line(), "zoë dans le salon Général: un");
  EXPECT_EQ(paul.line(), "zoë dans le salon Général: un");

  lose_salon("Général");

  paul.say("MSG (Général):deux"); // members and hearers are what they were
  EXPECT_EQ(paul.line(), "paul dans le salon Général: deux");
  EXPECT_EQ(zoe.line(), "paul dans le salon Général: deux");
  zoe.say("HISTORY:Général:10");
  EXPECT_EQ(zoe.line(), "zoë dans le salon Général: un");
  EXPECT_EQ(zoe.line(), "paul dans le salon Général: deux");
  EXPECT_EQ(look_up("SELECT group_concat(seq) FROM messages"), "1,2"); // its numbering goes on
  zoe.say("MSG (Blabla):x");
  EXPECT_EQ(zoe.line(), "ERREUR: vous n'êtes pas membre du salon Blabla"); // other salons noticed nothing
}

TEST_F(Supervision, ASalonThatDiesClosesThosePostsItOwesAnAnswer) {
  start();
  auto zoe = log_in("zoë");
  auto paul = log_in("paul");
  guard->hold(access::writes);
  zoe.say("MSG (Général):stored or not");
  ASSERT_TRUE(eventually([&] { return writes_waiting() == 1; }));

  const auto before = salon_named("Général");
  kill(before);

  EXPECT_EQ(zoe.line(), "ERREUR: le salon a été interrompu, reconnectez-vous");
  EXPECT_TRUE(zoe.ends());
  guard->release(access::writes);
  ASSERT_TRUE(eventually([&] {
    const auto now = salon_named("Général");
    return now && now != before;
  }));
  paul.say("MSG (Général):après");
  EXPECT_EQ(paul.line(), "paul dans le salon Général: après");
  // It was stored, though nobody was told: the reopened salon numbers behind it.
  EXPECT_EQ(look_up("SELECT group_concat(seq) FROM messages"), "1,2");
  paul.say("HISTORY:Général:10");
  EXPECT_EQ(paul.line(), "zoë dans le salon Général: stored or not");
  EXPECT_EQ(paul.line(), "paul dans le salon Général: après");
}

TEST_F(Supervision, WhoAsksASalonThatHasDiedIsTold) {
  start();
  const auto before = salon_named("Général");
  lose_salon("Général");

  caf::scoped_actor self{*system, true};
  caf::error why;
  self->request(before, std::chrono::seconds{10}, dismiss{})
      .receive([](settled) {}, [&](caf::error& told) { why = told; });
  EXPECT_EQ(why, caf::sec::request_receiver_down);
}

TEST_F(Supervision, ASalonIsOpenedAgainOnceTheDatabaseIsBack) {
  start();
  auto zoe = log_in("zoë");
  guard->fail_writes(persistence::store_error::kind::unavailable, 1); // the first try to read it again

  lose_salon("Général");

  zoe.say("MSG (Général):un");
  EXPECT_EQ(zoe.line(), "zoë dans le salon Général: un");
}

TEST_F(Supervision, ASalonThatDiesThriceInAMinuteStaysClosed) {
  start();
  auto zoe = log_in("zoë");
  lose_salon("Général");
  lose_salon("Général");

  kill(salon_named("Général"));

  ASSERT_TRUE(eventually([&] { return !salon_named("Général"); }));
  zoe.say("MSG (Général):un");
  EXPECT_EQ(zoe.line(), unavailable);
  zoe.say("HISTORY:Général:1");
  EXPECT_EQ(zoe.line(), unavailable);
  zoe.say("JOIN:Blabla"); // the others are open
  EXPECT_EQ(zoe.line(), "zoë a rejoint le salon Blabla.");
}

// --- bans ---

TEST_F(Supervision, TheBanRegistryIsStartedAgainFromTheStore) {
  start();
  ASSERT_TRUE(ask<removed>(actors.bans, kick_user{"zoë", 300, {"root", "test", "", {}}}));

  lose(&serving::bans, actors.bans);

  auto zoe = begin_login("zoë");
  EXPECT_EQ(zoe.line(), "Vous êtes banni. Réessayez dans quelques minutes.");
  EXPECT_TRUE(zoe.ends());
  log_in("paul");
}

TEST_F(Supervision, LoginsAreRefusedWhileThereIsNoBanRegistry) {
  start();
  auto paul = log_in("paul");
  paul.say("MSG (Général):rien remarqué");
  EXPECT_EQ(paul.line(), "paul dans le salon Général: rien remarqué");
  guard->hold(access::writes); // it is started behind what was being written
  kill(actors.bans);
  ASSERT_TRUE(eventually([&] { return guard->held(access::writes) == 1; }));

  auto zoe = begin_login("zoë");
  EXPECT_EQ(zoe.line(), unavailable);
  EXPECT_TRUE(zoe.ends());
  paul.say("HISTORY:Général:1");
  EXPECT_EQ(paul.line(), "paul dans le salon Général: rien remarqué");

  guard->release(access::writes);
  EXPECT_TRUE(eventually([&] {
    auto again = begin_login("zoë");
    return again.line_or_end() == "CONNECTED";
  }));
}

TEST_F(Supervision, WhoWaitsForTheBanRegistryIsClosedWhenItDies) {
  start();
  auto chef = log_in("chef");
  guard->hold(access::writes);
  chef.say("BAN:zoë");
  ASSERT_TRUE(eventually([&] { return writes_waiting() == 1; }));

  kill(actors.bans);
  guard->release(access::writes);

  EXPECT_EQ(chef.line(), unavailable);
  EXPECT_TRUE(chef.ends());
}

// Who comes from there was let in: the ban was read away before it was there, and nobody told of it afterwards.
TEST_F(Supervision, ABanThatIsBeingStoredHoldsThoughTheBanRegistryDies) {
  start();
  guard->hold(access::writes);
  caf::anon_send(actors.bans, ban_address{"127.0.0.1", 0, {"root", "test", "", {}}});
  ASSERT_TRUE(eventually([&] { return writes_waiting() == 1; }));
  kill(actors.bans);
  ASSERT_TRUE(eventually([&] { return writes_waiting() == 2; })) << "it is started again behind that";

  guard->release(access::writes);

  ASSERT_TRUE(eventually(
      [&] { return on_io_thread([&](audience& clients) { return clients.services.bans != actors.bans; }); }));
  auto zoe = connect();
  EXPECT_EQ(zoe.line(), "Vous avez été banni définitivement du serveur !");
  EXPECT_TRUE(zoe.ends());
}

// --- passwords ---

TEST_F(Supervision, ThePasswordsAreStartedAgain) {
  start();
  auto paul = log_in("paul");
  lose(&serving::passwords, actors.passwords);

  log_in("zoë");
  paul.say("PASSWORD:secret:other");
  EXPECT_EQ(paul.line(), "Mot de passe mis à jour avec succès!");
}

// --- indexer ---

TEST_F(Supervision, TheIndexerIsStartedAgain) {
  start();
  auto paul = log_in("paul");
  const auto before = actors.indexer;

  kill(before);

  EXPECT_TRUE(eventually([&] { return actors_now().indexer && actors_now().indexer != before; }));
  paul.say("MSG (Général):rien remarqué");
  EXPECT_EQ(paul.line(), "paul dans le salon Général: rien remarqué");
}

// --- listener ---

TEST_F(Supervision, AListenerIsOpenedAgainOnTheSamePort) {
  start();
  auto paul = log_in("paul");

  kill(actors.listeners.front());

  EXPECT_TRUE(eventually([&] {
    auto zoe = connect();
    if (!zoe.connected() || zoe.push("zoë:secret\n", std::chrono::milliseconds{100}) == 0)
      return false; // between two listeners
    return zoe.line_or_end() == "CONNECTED";
  }));
  paul.say("HISTORY:Général:0"); // who is in stays in
  EXPECT_EQ(paul.line(), "ERREUR: commande inconnue");
}

TEST_F(Supervision, AListenerThatFailsTooOftenEndsTheNode) {
  start();

  for (size_t failures = 1; failures <= 3; ++failures) {
    kill(actors.listeners.front());
    ASSERT_TRUE(eventually([&] { return restarts() == failures; }));
    actors = actors_now();
    log_in("zoë"); // it is open
  }
  kill(actors.listeners.front()); // the fourth in a minute

  EXPECT_EQ(end_status(), 1);
}

// --- those without whom a node cannot go on ---

TEST_F(Supervision, TheNodeEndsWithoutItsRelay) {
  start();
  kill(actors.relay);
  EXPECT_EQ(end_status(), 1);
}

TEST_F(Supervision, TheNodeEndsWithoutItsDirectory) {
  start();
  kill(actors.directory);
  EXPECT_EQ(end_status(), 1);
}

TEST_F(Supervision, TheNodeEndsWithoutItsHost) {
  start();
  kill(actors.host);
  EXPECT_EQ(end_status(), 1);
}

TEST_F(Supervision, TheNodeEndsWithoutPersistence) {
  start();
  auto zoe = log_in("zoë");
  kill(actors.store);
  EXPECT_EQ(end_status(), 1);
}

// --- of one node of several ---

class SupervisionOfANode : public Supervision {
protected:
  SupervisionOfANode() {
    persistence::stored_node row;
    row.run = 2;
    row.name = "paris";
    table_.rows.push_back(row);
    member = std::make_shared<cluster_member>(support::joined(table_, 2));
    const auto shared = std::make_shared<transport_context>(transport_limits{}, nullptr);
    shared->tls.replace(make_tls_settings(salond::issue({peer_kind::node, "paris"}, make_authority()), {}));
    links = cluster::link_parts{"paris", shared, listen_at_all(addresses_of("127.0.0.1", 0))};
  }
  ~SupervisionOfANode() override { member->stop(); }

private:
  support::node_table table_;
};

TEST_F(SupervisionOfANode, TheNodeEndsWithoutItsLinks) {
  start();
  kill(actors.links);
  EXPECT_EQ(end_status(), 1);
}

TEST_F(SupervisionOfANode, TheNodeEndsWithoutItsPlacements) {
  start();
  kill(actors.placements);
  EXPECT_EQ(end_status(), 1);
}

TEST_F(SupervisionOfANode, TheNodeEndsWithoutItsNews) {
  start();
  kill(actors.news);
  EXPECT_EQ(end_status(), 1);
}

TEST_F(SupervisionOfANode, TheNodeEndsWithoutItsPulse) {
  start();
  kill(actors.pulse);
  EXPECT_EQ(end_status(), 1);
}

TEST_F(SupervisionOfANode, LinksThatEndInAStopAreNoFailure) {
  start();
  EXPECT_EQ(stop_node(), 0);
}

TEST_F(SupervisionOfANode, ANodeThatIsGoneIsToStartAnew) {
  start();
  member->found_gone({2});
  EXPECT_EQ(end_status(), start_anew);
}

TEST_F(Supervision, AStartThatFailsIsAnEndToo) {
  guard->fail_reads(1);
  launch();
  EXPECT_EQ(end_status(), 1);
}

} // namespace
} // namespace salond
