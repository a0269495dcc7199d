// Operators' commands for the whole of a cluster, with real nodes and the real salonctl.
#include "tests/end_to_end/cluster_test.hpp"
#include <csignal>
#include <sstream>

namespace salond::end_to_end {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class ClusterOperators : public cluster_test {
protected:
  void SetUp() override {
    cluster_test::SetUp();
    if (!all_)
      return;
    all_->start_all(2);
    ASSERT_TRUE(all_->all_linked({"a", "b"}));
  }
};

TEST_F(ClusterOperators, LookAtAllNodesAndReachEverybody) {
  auto zoe = support::newcomer(all_->at("a").endpoint(), "zoë");
  auto paul = support::newcomer(all_->at("b").endpoint(), "paul");

  std::vector<std::string> sessions;
  for (const auto& row : all_->ask("a", {"sessions"}))
    sessions.push_back(row["user"].get<std::string>() + " at " + row["node"].get<std::string>());
  EXPECT_THAT(sessions, UnorderedElementsAre("zoë at a", "paul at b"));
  const auto status = all_->ask("b", {"status"});
  EXPECT_EQ(status["node"], "b");
  EXPECT_EQ(status["connections"], 2);
  EXPECT_EQ(status["nodes"].size(), 2u);
  EXPECT_THAT(run_salonctl(all_->at("a"), {"status"}).output, HasSubstr("nodes:\nNODE"));
  for (const auto& row : all_->ask("a", {"salons"}))
    if (row["salon"] == "Général") {
      EXPECT_EQ(row["hearers"], 2);
      EXPECT_TRUE(row["home"] == "a" || row["home"] == "b") << row;
    }
  EXPECT_EQ(all_->ask("b", {"announce", "bonsoir"}), json::object({{"done", true}}));
  EXPECT_TRUE(hears(zoe, "Annonce: bonsoir"));
  EXPECT_TRUE(hears(paul, "Annonce: bonsoir"));
}

TEST_F(ClusterOperators, ReadInTheAuditLogAtWhichNodeSomethingWasDecided) {
  answer_of(all_->at("a"), {"user", "add", "zoë"}, "secret\n");
  all_->ask("b", {"kick", "zoë", "5"});

  std::vector<std::string> lines;
  for (const auto& line : all_->ask("a", {"log", "2"}))
    lines.push_back(line["what"].get<std::string>() + " at " + line["node"].get<std::string>());
  EXPECT_THAT(lines, testing::ElementsAre("add_user at a", "kick at b"));
  EXPECT_THAT(run_salonctl(all_->at("b"), {"log", "1"}).output, HasSubstr("  NODE\n"));
  EXPECT_THAT(run_salonctl(all_->at("b"), {"log", "1", "--lines"}).output, HasSubstr("\"node\":\"b\""));
}

TEST_F(ClusterOperators, AreAnsweredWithoutANodeThatStandsStill) {
  auto zoe = support::newcomer(all_->at("a").endpoint(), "zoë");
  all_->at("b").running().send(SIGSTOP);

  const auto sessions = run_salonctl(all_->at("a"), {"--json", "sessions"});
  const auto status = all_->ask("a", {"status"});
  all_->at("b").running().send(SIGCONT);

  EXPECT_EQ(sessions.status, 0);
  EXPECT_EQ(json::parse(sessions.output).size(), 1u);
  EXPECT_THAT(sessions.errors, HasSubstr("node b did not answer"));
  EXPECT_TRUE(!status.contains("incomplete") || status["incomplete"] == json::array({"node b did not answer"}));
}

/// Seen: what a node had counted since its start was shown as a rate when it answered again.
TEST_F(ClusterOperators, WatchANodeThatDidNotAnswerForAMomentWithoutAJump) {
  auto zoe = support::newcomer(all_->at("b").endpoint(), "zoë");
  for (int n = 0; n < 300; ++n) {
    zoe.say("MSG (Général):" + std::to_string(n));
    ASSERT_TRUE(hears(zoe, "zoë dans le salon Général: " + std::to_string(n)));
  }
  const support::temporary_folder folder;
  support::process watch(
      {SALONCTL_BINARY, "--state=" + all_->at("a").state(), "--server=" + all_->at("a").admin(), "watch"}, {},
      folder / "out", folder / "err");
  const auto has = [&](size_t count, const std::string& part) {
    return support::eventually([&] {
      size_t found = 0;
      std::istringstream lines(watch.output());
      for (std::string line; std::getline(lines, line);)
        found += line.find(part) != std::string::npos ? 1 : 0;
      return found >= count;
    });
  };
  ASSERT_TRUE(has(2, "deliveries/s="));
  all_->at("b").running().send(SIGSTOP);
  EXPECT_TRUE(has(1, "incomplete="));
  all_->at("b").running().send(SIGCONT);
  EXPECT_TRUE(has(7, "deliveries/s="));
  watch.send(SIGTERM);

  const auto said = watch.output();
  const std::string name = "deliveries/s=";
  for (auto at = said.find(name); at != std::string::npos; at = said.find(name, at + 1))
    EXPECT_LT(std::stoi(said.substr(at + name.size())), 200) << said;
}

// Each node went by what it had heard last: of three that were told in turns some ended long before the others.
TEST_F(ClusterOperators, GoByTheLastStopOnAllNodes) {
  auto zoe = support::newcomer(all_->at("a").endpoint(), "zoë"),
       paul = support::newcomer(all_->at("b").endpoint(), "paul");
  for (const auto& [node, seconds] : {std::pair{"a", "10000"}, std::pair{"b", "20000"}, std::pair{"a", "30000"}})
    EXPECT_EQ(all_->ask(node, {"kill", seconds, "--yes"})["done"], true);

  // Of what the other node was told a client hears sooner or later; behind it comes the last word.
  const auto hears_number = [](support::line_client& who, const std::string& seconds) {
    for (;;) {
      const auto heard = who.hear();
      if (heard.find(seconds) != std::string::npos)
        return true;
      if (heard == support::nothing || heard == support::closed)
        return false;
    }
  };
  EXPECT_TRUE(hears_number(zoe, "20000"));
  EXPECT_TRUE(hears_number(zoe, "30000"));
  EXPECT_TRUE(hears_number(paul, "30000"));
  EXPECT_TRUE(zoe.hears_nothing());
  EXPECT_TRUE(paul.hears_nothing());
}

TEST_F(ClusterOperators, StopAllNodesInOrder) {
  auto paul = support::newcomer(all_->at("b").endpoint(), "paul");

  EXPECT_EQ(all_->ask("a", {"kill", "1", "--yes"})["seconds"], 1);

  EXPECT_EQ(all_->at("a").running().wait(), 0);
  EXPECT_EQ(all_->at("b").running().wait(), 0);
}

} // namespace
} // namespace salond::end_to_end
