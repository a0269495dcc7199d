// Several nodes on one database: how one is added, whom each reaches, what remains when one is lost, and how one is
// drained.
#include "tests/end_to_end/cluster_test.hpp"
#include <csignal>
#include <fstream>
#include <thread>

namespace salond::end_to_end {
namespace {

using nlohmann::json;
using words = std::vector<std::string>;
using support::eventually;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using namespace std::chrono_literals;

class Cluster : public cluster_test {
protected:
  /// A start as a node in an empty folder, as far as the options say.
  support::daemon fresh(const json& cluster) const {
    support::daemon_options options = all_first_->options;
    options.settings = {{"cluster", cluster}};
    return support::daemon(options);
  }
  /// Whoever enters from now on is said to be reached there; empty: where he says. By root, for MySQL, which writes a
  /// binary log, lets nobody else make a trigger.
  void send_to(const std::string& endpoint) const {
    support::mariadb_server::shared().run(
        all_->where.name, {endpoint.empty() ? "DROP TRIGGER elsewhere"
                                            : "CREATE TRIGGER elsewhere BEFORE INSERT ON nodes FOR EACH ROW"
                                              " SET NEW.endpoint = '"
                                                  + endpoint + "'"});
  }
  void start_first() { all_first_ = &all_->start("a"); }

  support::daemon* all_first_ = nullptr;
};

TEST_F(Cluster, TwoNodesSeeTheirLinkUp) {
  all_->start_all(2);
  EXPECT_THAT(all_->at("a").cluster(), StartsWith("127.0.0.1:"));
  ASSERT_TRUE(all_->all_linked({"a", "b"}));

  ASSERT_TRUE(eventually([&] { // a ping and its pong have passed
    return all_->nodes_seen_by("a")["a"]["links"][0]["round_trip_ms"].is_number();
  }));
  const auto seen = all_->nodes_seen_by("a");
  EXPECT_EQ(seen["b"]["endpoint"], all_->at("b").cluster());
  EXPECT_THAT(seen["b"]["links"], IsEmpty()) << "a node tells of its own links";
  const auto link = seen["a"]["links"].at(0);
  std::vector<std::string> names;
  for (const auto& [name, value] : link.items())
    names.push_back(name);
  EXPECT_THAT(names, testing::UnorderedElementsAre("node", "up", "round_trip_ms", "unsent_bytes", "frames_out",
                                                   "messages_out", "catch_ups"));
  EXPECT_EQ(link["node"], "b");
  EXPECT_THAT(run_salonctl(all_->at("a"), {"nodes"}).output, HasSubstr("links of a:\nNODE"));
}

TEST_F(Cluster, WhatIsSaidAtOneNodeIsHeardAtTheOther) {
  all_->start_all(2);
  ASSERT_TRUE(all_->all_linked({"a", "b"}));
  auto zoe = support::newcomer(all_->at("a").endpoint(), "zoë");
  auto paul = support::newcomer(all_->at("b").endpoint(), "paul");

  zoe.say("MSG (Général):bonjour");
  EXPECT_TRUE(hears(paul, "zoë dans le salon Général: bonjour"));
  EXPECT_TRUE(hears(zoe, "zoë dans le salon Général: bonjour"));
  paul.say("MSG (Général):salut");
  EXPECT_TRUE(hears(zoe, "paul dans le salon Général: salut"));
  EXPECT_TRUE(hears(paul, "paul dans le salon Général: salut"));
}

TEST_F(Cluster, EachPostToASalonThatIsArchivedElsewhereIsShownOrRefused) {
  all_->start_all(2);
  ASSERT_TRUE(all_->all_linked({"a", "b"}));
  auto zoe = support::newcomer(all_->at("b").endpoint(), "zoë");
  const std::string mine = "zoë dans le salon Général: ", gone = "ERREUR: le salon Général n'existe pas";
  std::thread operators([&] { all_->ask("a", {"salon", "archive", "Général"}); });

  std::vector<std::string> shown;
  bool answered = true;
  size_t sent = 0, refused = 0;
  while (answered && refused == 0) { // many at once, so that some are on their way when it is archived
    for (int n = 0; n < 200; ++n)
      zoe.say("MSG (Général):" + std::to_string(sent++));
    while (answered && shown.size() + refused < sent) {
      const auto line = zoe.hear();
      answered = line != support::nothing && line != support::closed;
      refused += line == gone ? 1 : 0;
      if (line.rfind(mine, 0) == 0)
        shown.push_back(line.substr(mine.size()));
    }
  }
  operators.join();

  EXPECT_TRUE(answered) << sent << " posts, " << shown.size() << " shown, " << refused << " refused";
  std::vector<std::string> stored;
  for (const auto& row : support::ask_mysql(all_->where, "SELECT contenu FROM messages ORDER BY seq"))
    stored.push_back(row.at(0));
  EXPECT_EQ(stored, shown);
}

TEST_F(Cluster, ThreeNodesReachOneAnotherAndGoOnWithoutOneThatIsKilled) {
  all_->start_all(3);
  ASSERT_TRUE(all_->all_linked({"a", "b", "c"}));
  auto zoe = support::newcomer(all_->at("a").endpoint(), "zoë");

  all_->at("b").kill();

  EXPECT_TRUE(all_->all_linked({"a", "c"}));
  zoe.say("MSG (Général):encore là");
  EXPECT_THAT(zoe.hear(), HasSubstr("encore là"));

  all_->at("b").start(); // its bundle is of no matter any more
  EXPECT_TRUE(all_->all_linked({"a", "b", "c"}));
}

TEST_F(Cluster, ANodeThatStopsInOrderIsNotLostButLeaves) {
  all_->start_all(2);
  ASSERT_TRUE(all_->all_linked({"a", "b"}));

  EXPECT_EQ(all_->at("b").stop(), 0);

  EXPECT_TRUE(all_->all_linked({"a"}, 3s));
  EXPECT_THAT(all_->at("a").log(), testing::Not(HasSubstr("a node was lost")));
}

TEST_F(Cluster, ANodeThatStoodStillIsLostAndComesBackByItself) {
  all_->start_all(2);
  ASSERT_TRUE(all_->all_linked({"a", "b"}));
  const auto pid = all_->at("b").pid();

  all_->at("b").running().send(SIGSTOP);
  EXPECT_TRUE(all_->all_linked({"a"}));
  all_->at("b").running().send(SIGCONT);

  ASSERT_TRUE(eventually([&] {
    const auto seen = all_->nodes_seen_by("a");
    return seen.contains("b") && all_->linked_with("a") == std::vector<std::string>{"b"};
  }));
  EXPECT_EQ(all_->at("b").pid(), pid);
}

// It read the file again, and ended at what somebody was typing there.
TEST_F(Cluster, ANodeThatComesBackDoesSoByTheConfigurationThatWasInForce) {
  all_->start_all(2);
  ASSERT_TRUE(all_->all_linked({"a", "b"}));
  auto& b = all_->at("b");
  std::ofstream(b.folder() / "salond.json") << R"({"registration":{"policy":"clos)";

  b.running().send(SIGSTOP);
  EXPECT_TRUE(all_->all_linked({"a"}));
  b.running().send(SIGCONT);

  ASSERT_TRUE(eventually([&] { return all_->linked_with("a") == std::vector<std::string>{"b"}; })) << b.log();
  EXPECT_TRUE(b.running().running());
}

// It forgot both, let clients in again, and lived on when all others had ended.
TEST_F(Cluster, ANodeThatIsToEndEndsThoughItIsLostMeanwhile) {
  all_->start_all(3);
  ASSERT_TRUE(all_->all_linked({"a", "b", "c"}));
  EXPECT_EQ(all_->ask("a", {"node", "drain", "b", "600"})["done"], true);
  EXPECT_EQ(all_->ask("c", {"kill", "600"})["done"], true);

  for (const auto* name : {"b", "c"})
    all_->at(name).running().send(SIGSTOP);
  EXPECT_TRUE(eventually([&] { return all_->nodes_seen_by("a").size() == 1; }, 20s));
  for (const auto* name : {"b", "c"})
    all_->at(name).running().send(SIGCONT);

  for (const auto* name : {"b", "c"})
    EXPECT_EQ(all_->at(name).running().wait(20s), 0) << name;
}

// --- entering ---

TEST_F(Cluster, ANodeThatNobodyReachesAtItsAddressDoesNotServe) {
  start_first();
  const json late{{"listen", "127.0.0.1:0"}, {"join", all_->bundle_for("b", "a")}};
  const json early{{"listen", "127.0.0.1:0"}, {"join", all_->bundle_for("0", "a")}};
  send_to("127.0.0.1:1");
  const auto cure = HasSubstr("give --cluster an address of this machine that all others reach");

  auto asks = fresh(early); // it dials a, which is asked to dial it
  EXPECT_THAT(refusal(asks), testing::AllOf(HasSubstr("reaches this one at 127.0.0.1:1 (a: "), cure));
  auto waits = fresh(late); // a is to dial it, and cannot
  EXPECT_THAT(refusal(waits), testing::AllOf(HasSubstr("reaches this one at 127.0.0.1:1 (a: no word of it)"), cure));

  EXPECT_THAT(asks.running().output() + waits.running().output(), IsEmpty()) << "they were ready";
  EXPECT_TRUE(all_->all_linked({"a"}, 3s)) << "it left";
  send_to({});
  asks.start();
}

TEST_F(Cluster, ANodeAtWhoseAddressAnotherOneAnswersDoesNotServe) {
  start_first();
  const json by_bundle{{"listen", "127.0.0.1:0"}, {"join", all_->bundle_for("0", "a")}};
  send_to(all_->at("a").cluster());

  auto taken_for_another = fresh(by_bundle);
  EXPECT_THAT(refusal(taken_for_another), HasSubstr("no other node of the cluster reaches this one"));
}

TEST_F(Cluster, NodesOfWhichNoneLivesAnyMoreComeBackTogether) {
  all_->start_all(3);
  ASSERT_TRUE(all_->all_linked({"a", "b", "c"}));
  for (const auto* name : {"a", "b", "c"})
    all_->at(name).kill();

  for (const auto* name : {"b", "a", "c"}) // nobody of those before is lost yet
    all_->at(name).launch();
  for (const auto* name : {"a", "b", "c"})
    EXPECT_TRUE(all_->at(name).ready());

  EXPECT_TRUE(all_->all_linked({"a", "b", "c"}));
}

// --- limits ---

constexpr auto unheard = "ERREUR: trop de tentatives, réessayez plus tard";

TEST_F(Cluster, WrongPasswordsSpreadOverThreeNodesAreNoMoreThanTwiceThoseOfOne) {
  const words names{"a", "b", "c"};
  all_->start_all(3);
  ASSERT_TRUE(all_->all_linked(names));
  const auto is_heard = [&](const std::string& node, const std::string& account) {
    support::line_client one(all_->at(node).endpoint());
    one.say(account + ":wrong");
    const auto answer = one.hear();
    EXPECT_THAT(answer, testing::AnyOf("AUTH_FAILED", unheard));
    return answer != unheard;
  };
  for (const auto& name : names) { // each tells the others, so it knows how many there are
    const auto told = [&] { return all_->nodes_seen_by(name)[name]["links"][0]["frames_out"].get<int>(); };
    const auto before = told();
    is_heard(name, "nobody");
    ASSERT_TRUE(eventually([&] { return told() > before; }));
  }

  size_t heard = 0;
  const auto begun = std::chrono::steady_clock::now();
  const auto passed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count(); };
  for (size_t refused = 0; refused < 3 || passed() < 5;) {
    refused = 0;
    for (const auto& name : names)
      is_heard(name, "zoë") ? ++heard : ++refused;
    if (refused == names.size())
      std::this_thread::sleep_for(100ms); // faster, and its connections would be refused for being many
  }

  constexpr double of_one = 10, a_second = of_one / 60;
  EXPECT_GE(static_cast<double>(heard), of_one / 2);
  EXPECT_LE(static_cast<double>(heard), 2 * (of_one + passed() * a_second)) << passed() << " s";
}

// --- drain ---

TEST_F(Cluster, ADrainedNodeClosesItsClientsOneAfterTheOtherAndEndsInOrder) {
  all_->start_all(2);
  ASSERT_TRUE(all_->all_linked({"a", "b"}));
  auto zoe = support::newcomer(all_->at("a").endpoint(), "zoë");
  auto first = support::newcomer(all_->at("b").endpoint(), "paul");
  auto second = support::newcomer(all_->at("b").endpoint(), "anna");
  auto& drained = all_->at("b");
  const auto endpoint = drained.endpoint();

  EXPECT_EQ(all_->ask("a", {"node", "drain", "b", "10"})["seconds"], 10);

  EXPECT_TRUE(eventually(
      [&] {
        const auto seen = all_->nodes_seen_by("a");
        return seen.contains("b") && seen["b"]["state"] == "draining" && seen["b"]["homes"] == 0;
      },
      8s));
  EXPECT_THROW(support::line_client{endpoint}, std::exception) << "no new connection";
  zoe.say("MSG (Général):encore là");
  EXPECT_TRUE(hears(zoe, "zoë dans le salon Général: encore là"));
  for (auto* each : {&first, &second})
    EXPECT_THAT(each->hear_all().back(), HasSubstr("Le serveur va s'arrêter. Merci de vous déconnecter."));
  EXPECT_EQ(drained.running().wait(), 0);
  EXPECT_TRUE(all_->all_linked({"a"}, 3s));
  zoe.say("MSG (Général):toujours là");
  EXPECT_TRUE(hears(zoe, "zoë dans le salon Général: toujours là")) << "nobody else is closed";

  drained.start();
  EXPECT_TRUE(all_->all_linked({"a", "b"}));
}

TEST_F(Cluster, WhoIsToDrainIsNamedAndMayBeTheNodeThatIsAsked) {
  start_first();
  EXPECT_EQ(run_salonctl(*all_first_, {"node", "drain", "z"}).status, 1);
  EXPECT_EQ(run_salonctl(*all_first_, {"node", "drain", "a", "86401"}).status, 2);

  EXPECT_EQ(all_->ask("a", {"node", "drain", "a", "0"})["done"], true);

  EXPECT_EQ(all_first_->running().wait(), 0);
}

TEST_F(Cluster, WhoHasNoBundleOfTheClusterIsRefused) {
  start_first();
  auto stranger = fresh({{"listen", "127.0.0.1:0"}, {"node", "lyon"}});
  const auto said = refusal(stranger);
  EXPECT_THAT(said, HasSubstr("the node a (" + all_->at("a").cluster()));
  EXPECT_THAT(said, HasSubstr("salonctl node add NAME"));
}

TEST_F(Cluster, ABundleThatDoesNotFitIsRefused) {
  start_first();
  const auto bundle = all_->bundle_for("lyon", "a");

  auto twice_named = fresh({{"listen", "127.0.0.1:0"}, {"node", "paris"}, {"join", bundle}});
  EXPECT_THAT(refusal(twice_named), HasSubstr("this node is called lyon, and --node says paris; remove --node"));

  auto missing = fresh({{"listen", "127.0.0.1:0"}, {"join", bundle + ".not"}});
  EXPECT_THAT(refusal(missing), HasSubstr(".not"));

  const json by_bundle{{"listen", "127.0.0.1:0"}, {"join", bundle}};
  auto taken = fresh(by_bundle);
  taken.start();
  auto second = fresh(by_bundle);
  EXPECT_THAT(refusal(second), HasSubstr("the name lyon is in use"));

  ASSERT_EQ(all_->ask("a", {"node", "remove", "lyon"})["done"], true);
  EXPECT_EQ(taken.running().wait(), 1);
}

} // namespace
} // namespace salond::end_to_end
