// What operators are told of all nodes, and do at all of them, whatever the links are.
#include "tests/support/two_nodes.hpp"
#include <nlohmann/json.hpp>

namespace salond {
namespace {

using nlohmann::json;
using support::eventually;
using support::running_node;
using testing::ElementsAre;
using testing::UnorderedElementsAre;
using words = std::vector<std::string>;

class Operators : public support::two_nodes {
protected:
  void begin() override {
    two_nodes::begin();
    if (HasFatalFailure())
      return;
    const auto sees_both = [](running_node& node) { return json::parse(node.command({"nodes"})).size() == 2; };
    ASSERT_TRUE(eventually([&] { return sees_both(*paris) && sees_both(*lyon); }));
  }
  void link_them() override {
    paris->link_to(*lyon, there);
    lyon->link_to(*paris, back);
  }
  static json answer(running_node& at, const words& command) { return json::parse(at.command(command)); }
  /// "zoë at paris" for each row.
  static words sessions_in(const json& rows) {
    words all;
    for (const auto& row : rows)
      all.push_back(row["user"].get<std::string>() + " at " + row["node"].get<std::string>());
    return all;
  }

  link_switch there = new_link(), back = new_link();
};

TEST_F(Operators, SeeSessionsOfAllNodes) {
  auto zoe = paris->log_in("zoë");
  auto paul = lyon->log_in("paul");

  EXPECT_THAT(sessions_in(answer(*paris, {"sessions"})), UnorderedElementsAre("zoë at paris", "paul at lyon"));
  EXPECT_THAT(sessions_in(answer(*lyon, {"sessions", "zoë"})), ElementsAre("zoë at paris"));
  EXPECT_THAT(sessions_in([&] {
                auto rows = answer(*paris, {"user", "paul"})["sessions"];
                for (auto& row : rows)
                  row["user"] = "he";
                return rows;
              }()),
              ElementsAre("he at lyon"));
}

TEST_F(Operators, ExportSessionsOfAllNodes) {
  auto here = paris->log_in("paul");
  auto elsewhere = lyon->log_in("paul");

  EXPECT_EQ(answer(*paris, {"export", "paul"})["sessions"].size(), 2u);
}

TEST_F(Operators, RejectAMemberAndTellNobodyElseAtAnyNode) {
  auto zoe = lyon->log_in("zoë");
  auto paul = lyon->log_in("paul");
  for (auto* each : {&zoe, &paul})
    each->say("JOIN:Blabla");
  const std::string joined = "paul a rejoint le salon Blabla.";
  EXPECT_TRUE(eventually([&] { return zoe.line() == joined; }));
  EXPECT_TRUE(eventually([&] { return paul.line() == joined; }));

  EXPECT_EQ(answer(*paris, {"reject", "paul", "Blabla"})["done"], true);

  EXPECT_EQ(paul.line(), "Votre demande d'adhésion au salon Blabla a été refusée. Accès restreint");
  zoe.say("suis-je seule ?");
  EXPECT_EQ(zoe.line(), "ERREUR: commande inconnue") << "and not that he left";
}

TEST_F(Operators, EndOneSessionAtAnotherNode) {
  auto first = lyon->log_in("paul");
  const auto id = answer(*paris, {"sessions", "paul"}).at(0)["id"].get<std::string>();
  auto second = lyon->log_in("paul");

  const auto done = answer(*paris, {"session", "end", "paul", id});

  EXPECT_EQ(done["sessions"], 1);
  first.line();
  EXPECT_TRUE(first.ends());
  EXPECT_TRUE(eventually([&] { return answer(*paris, {"sessions", "paul"}).size() == 1; }));
}

TEST_F(Operators, EndTokensThatASessionGetsAtAnotherNodeBeforeItIsClosed) {
  auto paul = lyon->log_in("paul");
  lyon->guard->hold(support::store_guard::access::writes);
  paul.say("TOKEN"); // on its way behind what ends the tokens
  ASSERT_TRUE(eventually([&] { return lyon->guard->held(support::store_guard::access::writes) != 0; }));

  EXPECT_EQ(answer(*paris, {"session", "end", "paul"})["done"], true);
  lyon->guard->release(support::store_guard::access::writes);
  while (paul.line_or_end()) {
  }

  EXPECT_TRUE(eventually([&] { return value("SELECT COUNT(*) FROM sessions") == "0"; }));
}

TEST_F(Operators, AreToldWhoDidNotAnswerAndWhatTheOthersSaid) {
  auto zoe = paris->log_in("zoë");
  auto paul = lyon->log_in("paul");
  const std::string missing = "node lyon did not answer";

  *there = link::down;
  const auto known_to_be_cut = answer(*paris, {"sessions"});
  *there = link::broken;
  const auto waited_for = answer(*paris, {"sessions"});
  const auto status = answer(*paris, {"status"});
  const auto announced = answer(*paris, {"announce", "bonsoir"});

  for (const auto& each : {known_to_be_cut, waited_for}) {
    EXPECT_THAT(sessions_in(each["answer"]), ElementsAre("zoë at paris"));
    EXPECT_EQ(each["words"], json::array({missing}));
    EXPECT_EQ(each["cut_off"], false);
  }
  EXPECT_EQ(status["incomplete"], json::array({missing}));
  EXPECT_EQ(status["nodes"].size(), 1u);
  EXPECT_EQ(announced["done"], true);
  EXPECT_EQ(announced["incomplete"], json::array({missing}));
}

TEST_F(Operators, SeeHowAllNodesAreTogetherAndEach) {
  auto zoe = paris->log_in("zoë");
  auto paul = lyon->log_in("paul");

  const auto status = answer(*lyon, {"status"});
  EXPECT_EQ(status["node"], "lyon");
  EXPECT_EQ(status["connections"], 2);
  EXPECT_EQ(status["nodes"].size(), 2u);
  EXPECT_FALSE(status.contains("incomplete"));
  EXPECT_EQ(answer(*paris, {"watch"})["connections"], 2);
  for (auto* at : {paris.get(), lyon.get()}) {
    const auto one = answer(*at, {"watch", "--node=lyon"});
    EXPECT_EQ(one["connections"], 1);
    EXPECT_EQ(one["node"], "lyon");
  }
  for (const auto& row : answer(*paris, {"salons"})) {
    if (row["salon"] == "Général") {
      EXPECT_EQ(row["hearers"], 2);
    }
    EXPECT_TRUE(row["home"].is_null() || row["home"] == "paris" || row["home"] == "lyon") << row;
  }
}

TEST_F(Operators, AnnounceAtAllNodes) {
  auto zoe = paris->log_in("zoë");
  auto paul = lyon->log_in("paul");

  EXPECT_EQ(answer(*paris, {"announce", "bonsoir"}), json::object({{"done", true}}));

  EXPECT_EQ(zoe.line(), "Annonce: bonsoir");
  EXPECT_EQ(paul.line(), "Annonce: bonsoir");
}

TEST_F(Operators, StopAllNodesWithoutLinks) {
  *there = link::broken;
  *back = link::broken;
  auto paul = lyon->log_in("paul");

  paris->command({"kill", "1"});

  EXPECT_TRUE(paul.line_or_end());
  EXPECT_EQ(lyon->end_status(), 0);
  EXPECT_EQ(paris->end_status(), 0);
}

TEST_F(Operators, StopAllNodesByTheirLinksWhenTheDatabaseTakesNothing) {
  paris->guard->fail_writes(persistence::store_error::kind::unavailable, 1);

  const auto done = answer(*paris, {"kill", "1"});

  EXPECT_EQ(done, json::object({{"done", true}, {"seconds", 1}}));
  EXPECT_EQ(lyon->end_status(), 0);
  EXPECT_EQ(paris->end_status(), 0);
}

} // namespace
} // namespace salond
