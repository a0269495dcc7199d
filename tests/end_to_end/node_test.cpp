// A node that is alone, on a real database: what it says of itself, who is refused beside it, and how it comes back
// when others took it for lost.
#include "config/load.hpp"
#include "tests/end_to_end/databases.hpp"
#include "tests/end_to_end/salonctl.hpp"
#include "tests/support/line_client.hpp"
#include "tests/support/mariadb.hpp"
#include <csignal>

namespace salond::end_to_end {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using namespace std::chrono_literals;
using support::eventually;
using support::mariadb_server;

class Node : public testing::Test {
protected:
  void SetUp() override {
    SALOND_NEEDS(kinds().at(1));
    where_ = maria().new_database();
    node_.options = of_node("paris");
  }
  static mariadb_server& maria() { return mariadb_server::shared(); }

  support::daemon_options lone() const {
    support::daemon_options options;
    options.db = config::to_string(where_);
    return options;
  }
  support::daemon_options of_node(const std::string& name) const {
    auto options = lone();
    options.settings = {{"cluster", {{"listen", "127.0.0.1:0"}, {"node", name}}}};
    return options;
  }
  /// What a start that is refused says; with what it is called beside, as an option.
  static std::string refusal(const support::daemon_options& options, const std::vector<std::string>& more = {}) {
    support::daemon other(options);
    other.launch(more);
    EXPECT_EQ(other.running().wait(), 1);
    return other.log();
  }
  std::string value(const std::string& sql) {
    const auto found = maria().ask(where_.name, sql);
    return found.empty() ? std::string() : found.at(0).at(0);
  }
  /// What another node does that takes this one for lost.
  void take_for_lost() {
    maria().run(where_.name, {"UPDATE nodes SET gone = 1", "UPDATE writers SET fenced = 1 WHERE node_id > 1"});
  }
  static void say(support::line_client& who, const std::string& text) {
    who.say("MSG (Général):" + text);
    EXPECT_THAT(who.hear(), HasSubstr(text));
  }

  config::mysql_database where_;
  support::daemon node_;
};

TEST_F(Node, SaysWhereItIsAndWhatItHas) {
  node_.start();
  ASSERT_THAT(node_.cluster(), StartsWith("127.0.0.1:"));
  auto zoe = support::newcomer(node_.endpoint(), "zoë");
  say(zoe, "bonjour");

  json row;
  EXPECT_TRUE(eventually([&] {
    const auto rows = answer_of(node_, {"nodes"});
    row = rows.empty() ? json::object() : rows.at(0);
    return rows.size() == 1 && row["connections"] == 1;
  }));
  EXPECT_EQ(row["node"], "paris");
  EXPECT_EQ(row["endpoint"], node_.cluster());
  EXPECT_EQ(row["state"], "serving");
  EXPECT_EQ(row["homes"], 5);
  EXPECT_EQ(row["users"], 1);
  EXPECT_EQ(value("SELECT COUNT(*) FROM presences"), "1");

  ASSERT_EQ(node_.stop(), 0);
  EXPECT_EQ(value("SELECT gone FROM nodes"), "1") << "nobody has to take it for lost";
  EXPECT_EQ(value("SELECT COUNT(*) FROM presences"), "0");
  EXPECT_EQ(value("SELECT COUNT(*) FROM clients WHERE status = 'connected'"), "0");
}

TEST_F(Node, IsAloneOnItsDatabaseAsLongAsItLives) {
  node_.start();
  EXPECT_THAT(refusal(of_node("lyon")), HasSubstr("the node paris (" + node_.cluster()));
  EXPECT_THAT(refusal(of_node("paris")), HasSubstr("the name paris is in use"));
  EXPECT_THAT(refusal(lone()), HasSubstr("stop all nodes first"));
  EXPECT_THAT(refusal(lone(), {"--migrate-only"}), HasSubstr("stop all nodes first"));
  EXPECT_THAT(refusal(lone(), {"--migrate-only", "--dry-run"}), HasSubstr("stop all nodes first"));

  node_.kill();
  support::daemon next(of_node("lyon"));
  next.start(); // it stood still for long enough
  auto zoe = support::newcomer(next.endpoint(), "zoë");
  say(zoe, "me voilà");
}

TEST_F(Node, IsRefusedBesideAServerThatIsNone) {
  support::daemon server(lone());
  server.start();
  EXPECT_THAT(refusal(node_.options), HasSubstr("a salond without --cluster writes to"));
  const auto none = run_salonctl(server, {"nodes"});
  EXPECT_EQ(none.status, 1);
  EXPECT_THAT(none.errors, HasSubstr("started without --cluster"));
}

TEST_F(Node, ThatWasKilledStartsAgainAtOnceOnItsFolder) {
  node_.start();
  auto zoe = support::newcomer(node_.endpoint(), "zoë");
  say(zoe, "avant");
  node_.kill();
  EXPECT_EQ(value("SELECT COUNT(*) FROM clients WHERE status = 'connected'"), "1");

  node_.launch();
  ASSERT_TRUE(node_.ready(3s)) << node_.log();

  EXPECT_EQ(value("SELECT COUNT(*) FROM clients WHERE status = 'connected'"), "0");
  support::line_client again(node_.endpoint());
  ASSERT_TRUE(again.log_in("zoë"));
  say(again, "après");
  EXPECT_EQ(answer_of(node_, {"nodes"}).size(), 1u);
}

TEST_F(Node, ThatIsGoneTellsItsClientsAndComesBackByItself) {
  node_.start();
  auto zoe = support::newcomer(node_.endpoint(), "zoë");
  say(zoe, "avant");
  const auto pid = node_.pid();
  take_for_lost();

  const auto heard = zoe.hear_all(5s);
  ASSERT_FALSE(heard.empty());
  EXPECT_EQ(heard.back(), "ERREUR: service momentanément indisponible, réessayez");
  ASSERT_TRUE(eventually([&] {
    const auto said = node_.running().output();
    return std::count(said.begin(), said.end(), '\n') == 2;
  })) << node_.log();

  EXPECT_EQ(node_.pid(), pid);
  const auto lines = node_.running().output();
  const auto second = lines.substr(lines.find('\n') + 1);
  const auto endpoint = second.substr(6, second.find(' ', 6) - 6);
  support::line_client again(endpoint);
  ASSERT_TRUE(again.log_in("zoë")) << lines;
  say(again, "après");
  EXPECT_EQ(value("SELECT COUNT(*) FROM nodes WHERE gone = 0"), "1");
  EXPECT_EQ(node_.stop(), 0);
}

TEST_F(Node, ThatIsGoneWhileItWritesStoresNothingAndComesBack) {
  node_.start();
  auto zoe = support::newcomer(node_.endpoint(), "zoë");
  take_for_lost();
  for (int n = 0; n < 20; ++n)
    zoe.say("MSG (Général):perdu");
  EXPECT_THAT(zoe.hear_all(5s).back(), HasSubstr("ERREUR: service momentanément indisponible"));
  EXPECT_TRUE(eventually([&] { return value("SELECT COUNT(*) FROM nodes WHERE gone = 0") == "1"; }));
  EXPECT_EQ(value("SELECT COUNT(*) FROM messages"), "0");
}

TEST_F(Node, ThatStoodStillAloneGoesOn) {
  node_.start();
  auto zoe = support::newcomer(node_.endpoint(), "zoë");
  node_.running().send(SIGSTOP);
  const auto beat = [&] { return value("SELECT beat FROM nodes"); };
  const auto before = beat();
  EXPECT_FALSE(eventually([&] { return beat() != before; }, 5s));
  node_.running().send(SIGCONT);

  say(zoe, "encore là");
  EXPECT_TRUE(eventually([&] { return beat() != before; }));
  EXPECT_TRUE(eventually([&] { return answer_of(node_, {"nodes"}).at(0)["state"] == "serving"; }));
}

TEST_F(Node, WhoseDatabaseIsAwayClosesNobody) {
  auto own = std::make_unique<mariadb_server>();
  where_ = own->new_database();
  node_.options = of_node("paris");
  node_.start();
  auto zoe = support::newcomer(node_.endpoint(), "zoë");
  own->kill_hard();
  EXPECT_TRUE(eventually([&] { return answer_of(node_, {"nodes"}).at(0)["state"] == "doubtful"; }));
  own->start();

  EXPECT_TRUE(eventually([&] { return answer_of(node_, {"nodes"}).at(0)["state"] == "serving"; }));
  zoe.say("MSG (Général):encore là");
  const auto heard = zoe.hear();
  EXPECT_THAT(heard, HasSubstr("encore là"));
}

} // namespace
} // namespace salond::end_to_end
