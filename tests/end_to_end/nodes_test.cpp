// Several nodes on one database: how one is added, whom each reaches, what remains when one is lost, and how one is
// removed.
#include "tests/end_to_end/databases.hpp"
#include "tests/end_to_end/salonctl.hpp"
#include "tests/support/cluster.hpp"
#include "tests/support/line_client.hpp"
#include <csignal>
#include <sys/stat.h>

namespace salond::end_to_end {
namespace {

using nlohmann::json;
using support::eventually;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using namespace std::chrono_literals;

class Cluster : public testing::Test {
protected:
  void SetUp() override {
    SALOND_NEEDS(kinds().at(1));
    all_ = std::make_unique<support::cluster>(support::mariadb_server::shared());
  }
  void TearDown() override {
    if (all_ && HasFailure())
      ADD_FAILURE() << all_->logs();
  }
  /// What a start that is refused says.
  static std::string refusal(support::daemon& other) {
    other.launch();
    EXPECT_EQ(other.running().wait(), 1);
    return other.log();
  }
  /// Whether that line comes, perhaps behind notices.
  static bool hears(support::line_client& who, const std::string& line) {
    for (;;) {
      const auto heard = who.hear();
      if (heard == line || heard == support::nothing || heard == support::closed)
        return heard == line;
    }
  }
  /// A start as a node in an empty folder, as far as the options say.
  support::daemon fresh(const json& cluster) const {
    support::daemon_options how = all_first_->how;
    how.settings = {{"cluster", cluster}};
    return support::daemon(how);
  }
  void start_first() { all_first_ = &all_->start("a"); }

  std::unique_ptr<support::cluster> all_;
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

TEST_F(Cluster, ANodesBundleIsForItsOwnerAloneAndANodeIsRemoved) {
  all_->start_all(3);
  ASSERT_TRUE(all_->all_linked({"a", "b", "c"}));
  struct stat bundle {};
  ASSERT_EQ(::stat(all_->bundle_for("d", "b").c_str(), &bundle), 0); // any node makes one
  EXPECT_EQ(bundle.st_mode & 0777, 0600u);

  EXPECT_EQ(all_->ask("a", {"node", "remove", "b"})["done"], true);

  EXPECT_TRUE(eventually([&] { return all_->linked_with("a") == std::vector<std::string>{"c"}; }, 5s));
  EXPECT_TRUE(eventually([&] { return all_->at("a").log().find("revoked") != std::string::npos; }));
  EXPECT_THAT(all_->linked_with("a"), ElementsAre("c")) << "it dials again, in vain";
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
}

} // namespace
} // namespace salond::end_to_end
