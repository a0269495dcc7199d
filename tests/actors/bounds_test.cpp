// Every queue has a bound, and each bound a behaviour: docs/architecture.md, "Bounds".
#include "tests/support/node_fixture.hpp"

namespace salond {
namespace {

using namespace std::chrono_literals;
using support::eventually;

class Bounds : public NodeTest {
protected:
  Bounds() {
    zoe_id = add_user("zoë");
    add_user("paul");
    add_user("max");
  }
  user_id zoe_id;
};

TEST_F(Bounds, AFloodIsReadNoFasterThanItIsAnswered) {
  settings.limits.unread_bytes = 4096;
  settings.limits.posts_in_flight = 1;
  start();
  auto paul = log_in("paul");
  client zoe = connect({"127.0.0.1", 16384});
  zoe.say("zoë:secret");
  welcomed(zoe);
  guard->hold(access::writes);

  // More than the kernel would ever keep for a connection that is not read.
  const std::string text(4000, 'x');
  const auto line = "MSG (Général):" + text + "\n";
  size_t lines_sent = 0, sent = line.size();
  for (std::string rest; sent == line.size() && lines_sent < 16384; ++lines_sent)
    sent = zoe.push(line, 300ms);
  EXPECT_LT(lines_sent, 16384u) << "64 MiB were taken in";
  EXPECT_EQ(writes_waiting(), 1u); // a window of one
  paul.say("HISTORY:Blabla:1");    // nobody else waits for her
  EXPECT_EQ(paul.line(), "ERREUR: vous n'êtes pas membre du salon Blabla");

  guard->release(access::writes);
  for (size_t i = 0; i + 1 < lines_sent; ++i) // all that she said whole is stored and told
    ASSERT_EQ(zoe.line(), "zoë dans le salon Général: " + text) << i;
}

TEST_F(Bounds, AClientThatDoesNotReadIsCutOffWithTheReason) {
  settings.limits.unsent_bytes = 1 << 20;
  start();
  client slow = connect({"127.0.0.1", 4096});
  slow.say("max:secret");
  welcomed(slow);
  auto zoe = log_in("zoë");
  auto paul = log_in("paul");
  const auto sitting = [this] {
    return on_io_thread([](audience& clients) { return clients.salons.find("Général")->subscribers.size(); });
  };
  ASSERT_EQ(sitting(), 3u);

  const std::string text(8000, 'x');
  const auto cut_off = [this] { // or gone already
    return on_io_thread([](audience& clients) {
      const auto& all = clients.salons.find("Général")->subscribers.all();
      return all.size() < 3
             || std::any_of(all.begin(), all.end(), [](const subscriber* who) { return who->hung_up(); });
    });
  };
  for (size_t told = 0; !cut_off(); told += 20 * text.size()) {
    ASSERT_LT(told, 64u << 20);
    for (int i = 0; i < 20; ++i)
      zoe.say("MSG (Général):" + text);
    for (int i = 0; i < 20; ++i) {
      zoe.line();
      ASSERT_EQ(paul.line(), "zoë dans le salon Général: " + text); // others miss nothing
    }
  }

  std::string last;
  for (auto line = slow.line_or_end(); line; line = slow.line_or_end())
    last = *line;
  EXPECT_EQ(last, "ERREUR: client trop lent");
  EXPECT_TRUE(eventually([&] { return sitting() == 2; }));
}

TEST_F(Bounds, TooManyConnectionsInAllAreToldSo) {
  settings.limits.connections = 2;
  start();
  auto zoe = log_in("zoë");
  auto paul = log_in("paul");

  auto third = connect();
  EXPECT_EQ(third.line(), "ERREUR: trop de connexions");
  EXPECT_TRUE(third.ends());

  paul.say("QUIT");
  EXPECT_TRUE(paul.ends());
  paul.reset();
  third.reset();
  EXPECT_TRUE(eventually([&] {
    auto again = begin_login("max");
    return again.line_or_end() == "CONNECTED";
  }));
}

TEST_F(Bounds, TooManyConnectionsOfOneAddressAreToldSo) {
  settings.limits.connections_per_address = 1;
  start();
  auto zoe = log_in("zoë");

  auto second = connect();
  EXPECT_EQ(second.line(), "ERREUR: trop de connexions");
  EXPECT_TRUE(second.ends());
  auto from_elsewhere = connect({"127.0.0.2", 0});
  from_elsewhere.say("paul:secret");
  welcomed(from_elsewhere);
}

TEST_F(Bounds, WhoDoesNotLogInIsToldSoAndWhoDidIsLeftAlone) {
  settings.limits.login_seconds = 1;
  settings.text.raw_after = 3s; // until then the kind of client is open
  start();
  auto zoe = log_in("zoë");
  auto silent = connect();
  auto talking = connect();
  talking.push("zo", 1s); // a byte is no login

  EXPECT_EQ(silent.line(), "ERREUR: délai d'authentification dépassé");
  EXPECT_TRUE(silent.ends());
  EXPECT_EQ(talking.line(), "ERREUR: délai d'authentification dépassé");

  zoe.say("MSG (Général):toujours là");
  EXPECT_EQ(zoe.line(), "zoë dans le salon Général: toujours là");
}

TEST_F(Bounds, WhatIsBeingWrittenIsNotRefusedForWantOfTime) {
  settings.limits.login_seconds = 1;
  start();
  guard->hold(access::writes);
  auto newcomer = connect();
  newcomer.say("INSCRIPTION:neuf:Neuf:secret");
  auto silent = connect(); // its time is up after the newcomer's
  EXPECT_EQ(silent.line(), "ERREUR: délai d'authentification dépassé");
  guard->release(access::writes);

  EXPECT_EQ(newcomer.line(), "Inscription réussie!");
}

TEST_F(Bounds, APostWaitsForRoomInItsSalon) {
  settings.limits.posts_in_flight_per_salon = 1;
  start();
  auto zoe = log_in("zoë");
  auto paul = log_in("paul");
  guard->hold(access::writes);
  zoe.say("MSG (Général):un");
  ASSERT_TRUE(eventually([&] { return writes_waiting() == 1; }));
  paul.say("MSG (Général):deux");
  ASSERT_TRUE(eventually([&] {
    return on_io_thread([](audience& clients) { return clients.salons.find("Général")->posts.parked() == 1; });
  }));

  guard->release(access::writes);

  for (auto* each : {&zoe, &paul}) {
    EXPECT_EQ(each->line(), "zoë dans le salon Général: un");
    EXPECT_EQ(each->line(), "paul dans le salon Général: deux");
  }
}

TEST_F(Bounds, WhatWaitsForFiveSecondsIsRefusedAndNotStored) {
  settings.limits.posts_in_flight_per_salon = 1;
  start();
  auto zoe = log_in("zoë");
  auto paul = log_in("paul");
  auto max = log_in("max");
  guard->hold(access::writes);
  zoe.say("MSG (Général):held");
  ASSERT_TRUE(eventually([&] { return guard->held(access::writes) == 1; })); // taken: nothing joins it

  paul.say("MSG (Général):refused");
  EXPECT_EQ(paul.line(), "ERREUR: serveur occupé, réessayez"); // it found no room

  max.say("PRIVATE:zoë:refused"); // the one transaction has run for so long that the database counts as away
  EXPECT_EQ(max.line(), "ERREUR: service momentanément indisponible, réessayez");
  auto login = begin_login("max");
  EXPECT_EQ(login.line(), "ERREUR: service momentanément indisponible, réessayez");
  EXPECT_TRUE(login.ends());

  guard->release(access::writes);
  EXPECT_EQ(zoe.line(), "zoë dans le salon Général: held"); // its outcome was not known before
  paul.line();
  paul.say("MSG (Général):again");
  EXPECT_EQ(paul.line(), "paul dans le salon Général: again");
  EXPECT_FALSE(stored("refused"));
  EXPECT_EQ(look_up("SELECT count(*) FROM private_messages"), "0");
}

TEST_F(Bounds, WhatIsSaidBehindACommitThatDoesNotEndIsRefusedAndNotStored) {
  start();
  auto zoe = log_in("zoë");
  auto paul = log_in("paul");
  guard->hold(access::writes);
  zoe.say("MSG (Général):held");
  ASSERT_TRUE(eventually([&] { return guard->held(access::writes) == 1; })); // taken: nothing joins it

  for (int i = 0; i < 2; ++i) { // the first waits with what comes next, the second finds that refused
    paul.say("MSG (Général):behind");
    EXPECT_EQ(paul.line(), "ERREUR: service momentanément indisponible, réessayez");
  }

  guard->release(access::writes);
  EXPECT_EQ(zoe.line(), "zoë dans le salon Général: held");
  EXPECT_EQ(paul.line(), "zoë dans le salon Général: held");
  paul.say("MSG (Général):again");
  EXPECT_EQ(paul.line(), "paul dans le salon Général: again");
  EXPECT_FALSE(stored("behind"));
}

TEST_F(Bounds, APostOfAClientThatWentAwayMakesRoomAgain) {
  settings.limits.posts_in_flight_per_salon = 1;
  start();
  auto zoe = log_in("zoë");
  auto paul = log_in("paul");
  guard->hold(access::writes);
  zoe.say("MSG (Général):un");
  ASSERT_TRUE(eventually([&] { return writes_waiting() == 1; }));
  zoe.reset();
  paul.say("MSG (Général):deux");

  ASSERT_TRUE(eventually([&] { return connections_of(zoe_id).empty(); }));
  guard->release(access::writes);

  EXPECT_EQ(paul.line(), "zoë dans le salon Général: un"); // taken is taken
  EXPECT_EQ(paul.line(), "paul dans le salon Général: deux");
}

TEST_F(Bounds, LoginsThatDoNotFitTheQueueAreRefusedAsBusy) {
  settings.passwords.memory_kib = 65536; // long enough for the others to have come meanwhile
  settings.passwords.passes = 3;
  settings.passwords.threads = 1;
  settings.passwords.queue = 1;
  start();
  std::vector<client> crowd;
  for (int i = 0; i < 8; ++i)
    crowd.push_back(connect());
  for (auto& each : crowd)
    each.say("nobody:wrong");

  size_t refused = 0, failed = 0;
  for (auto& each : crowd) {
    const auto said = each.line();
    refused += said == "ERREUR: serveur occupé, réessayez";
    failed += said == "AUTH_FAILED";
    EXPECT_TRUE(each.ends());
  }
  EXPECT_GE(refused, 1u);
  EXPECT_GE(failed, 1u);
  EXPECT_EQ(refused + failed, crowd.size());
}

} // namespace
} // namespace salond
