// How long messages are kept, with the real salond and salonctl on each kind of database: what is too old goes by
// itself, goes on after a kill -9, and numbers are used once.
#include "tests/end_to_end/operators_test.hpp"
#include "tests/support/line_client.hpp"

namespace salond::end_to_end {
namespace {

using nlohmann::json;
using support::eventually;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

class Retention : public operators_test {
protected:
  std::string look_up(const std::string& question) {
    const auto found = db_->ask(server_, question);
    return found.empty() ? std::string() : found.at(0).at(0);
  }
  int64_t count(const std::string& text) {
    return std::stoll(look_up("SELECT count(*) FROM messages WHERE contenu = '" + text + "'"));
  }
  /// Messages of 1970 in a salon, behind those that there are, and with numbers without gaps.
  void add_old(int salon, int many) {
    const auto from =
        std::stoll(look_up("SELECT coalesce(max(seq), 0) FROM messages WHERE salon_id = " + std::to_string(salon)));
    const auto author = look_up("SELECT min(client_id) FROM clients");
    std::string rows;
    for (int each = 1; each <= many; ++each) {
      rows += rows.empty() ? "(" : ",(";
      rows += author + "," + std::to_string(salon) + "," + std::to_string(from + each) + ",'vieux',"
              + std::to_string(1000 + each) + ")";
      if (each % 500 == 0 || each == many) {
        db_->change(server_, "INSERT INTO messages(client_id, salon_id, seq, contenu, created_ms) VALUES " + rows);
        rows.clear();
      }
    }
  }
};

TEST_P(Retention, OldMessagesGoByThemselvesAndTheirNumbersAreNotUsedAgain) {
  ASSERT_EQ(server_.stop(), 0);
  add_old(1, 1500);
  add_old(2, 3);
  server_.start();
  EXPECT_EQ(answer({"salon", "retention", "Général", "30", "--dry-run"})["messages_that_would_go"], 1500);
  EXPECT_EQ(count("vieux"), 1503);

  const auto set = answer({"salon", "retention", "Général", "30"});

  EXPECT_EQ(set["retention_days"], 30);
  EXPECT_EQ(set["retention_from"], "salon");
  EXPECT_EQ(set["now"], "messages of Général are deleted 30 days after they were posted");
  ASSERT_TRUE(eventually([&] { return count("vieux") == 3; }, 60s));
  ASSERT_TRUE(eventually([&] { return answer({"status"})["retention"]["running"] == false; }));
  EXPECT_EQ(answer({"status"})["retention"]["deleted"], 1500);
  const auto log = answer({"log", "--command=retention"});
  EXPECT_THAT(column(log, "to"), ElementsAre("Général"));
  EXPECT_THAT(column(log, "reason"), ElementsAre("1500 messages"));
  EXPECT_THAT(answer({"history", "Général"}), IsEmpty());
  ASSERT_EQ(server_.stop(), 0);
  server_.start();
  auto zoe = support::newcomer(server_.endpoint(), "zoë");
  say(zoe, "neuf");
  EXPECT_EQ(look_up("SELECT seq FROM messages WHERE contenu = 'neuf'"), "1501");
  EXPECT_EQ(answer({"history", "Général"}).size(), 1u);
}

// A server that was away cannot know whether its clock is right: and what is deleted does not come back.
TEST_P(Retention, NothingGoesWithinAnHourOfAStartWithAClockThatIsAhead) {
  server_.options.settings = {{"retention", {{"salons_days", 30}}}};
  ASSERT_EQ(server_.stop(), 0);
  server_.start();
  const std::string believed = "SELECT looked FROM message_looks WHERE salon_id = -1";
  ASSERT_TRUE(eventually([&] { return !look_up(believed).empty(); }, 60s));
  ASSERT_EQ(server_.stop(), 0);
  add_old(1, 10);
  db_->change(server_, "UPDATE message_looks SET looked = looked - 7200000 WHERE salon_id = -1");

  server_.start();

  ASSERT_TRUE(server_.logs("no message is removed for its age", 60s));
  const auto then = look_up(believed);
  ASSERT_EQ(server_.stop(), 0);
  server_.start(); // a start in between changes nothing
  ASSERT_TRUE(server_.logs("no message is removed for its age", 60s));
  EXPECT_EQ(look_up(believed), then);
  EXPECT_EQ(count("vieux"), 10);
}

TEST_P(Retention, GoesOnAfterAKillBetweenPieces) {
  ASSERT_EQ(server_.stop(), 0);
  add_old(1, 20000);
  add_old(2, 2);
  server_.options.settings = {{"retention", {{"salons_days", 30}}}};
  server_.start();
  ASSERT_TRUE(eventually([&] { return count("vieux") < 20002; }, 60s));
  server_.kill();
  const auto left = count("vieux");
  ASSERT_GT(left, 2) << "all went before the kill";

  server_.start();

  ASSERT_TRUE(eventually([&] { return count("vieux") == 0; }, 120s));
  ASSERT_TRUE(eventually([&] { return answer({"log", "--command=retention"}).size() == 2; }));
  EXPECT_THAT(column(answer({"log", "--command=retention"}), "reason"), ElementsAre("20000 messages", "2 messages"));
}

TEST_P(Retention, OldPrivateMessagesGoDeliveredOrNot) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");
  answer({"user", "add", "paul"}, "secret\n");
  for (const auto* text : {"PRIVATE:paul:lu", "PRIVATE:paul:attend"})
    zoe.say(text);
  ASSERT_TRUE(eventually([&] { return look_up("SELECT count(*) FROM private_messages") == "2"; }));
  ASSERT_EQ(server_.stop(), 0);
  db_->change(server_, "UPDATE private_messages SET created_ms = 1000");
  db_->change(server_, "UPDATE private_messages SET delivered_ms = 2 WHERE contenu = 'lu'");
  server_.options.settings = {{"retention", {{"private_days", 365}}}};

  server_.start();

  EXPECT_TRUE(eventually([&] { return look_up("SELECT count(*) FROM private_messages") == "0"; }, 60s));
  ASSERT_TRUE(eventually([&] { return answer({"log", "--command=retention"}).size() == 1; }));
  EXPECT_THAT(column(answer({"log", "--command=retention"}), "to"), ElementsAre("private messages"));
  support::line_client paul(server_.endpoint());
  EXPECT_TRUE(paul.log_in("paul", "secret"));
}

TEST_P(Retention, IsShownWithWhereItComesFrom) {
  restart_with({{"retention", {{"salons_days", 90}}}});
  answer({"salon", "retention", "Général", "7"});
  answer({"salon", "retention", "Blabla", "none"});
  answer({"salon", "archive", "Blabla"});

  const auto all = answer({"salons"});
  EXPECT_THAT(column(all, "retention_days"), ElementsAre("7", "90", "90", "90"));
  EXPECT_THAT(column(all, "retention_from"), ElementsAre("salon", "configuration", "configuration", "configuration"));
  EXPECT_THAT(column(answer({"salons", "--archived"}), "retention_days"), ElementsAre("null"));
  EXPECT_EQ(answer({"salon", "show", "Général"})["retention_days"], 7);
  EXPECT_EQ(answer({"salon", "retention", "Général", "default"})["now"],
            "messages of Général are deleted 90 days after they were posted, as the configuration says");
  EXPECT_THAT(column(answer({"log", "--command=set_retention"}), "to"),
              ElementsAre("Général (7 days)", "Blabla (for good)", "Général (as configured)"));
  refused({"salon", "retention", "Général", "0"}, 2, "DAYS is a number from 1 to 36500");
  refused({"salon", "retention", "Nulle part", "7"}, 1, "no such salon");
  refused({"salon", "retention", "Général"}, 2, "usage");
}

// --- accounts that are gone ---

TEST_P(Retention, WhoWroteMuchIsErasedPieceByPieceAlsoAfterAKill) {
  constexpr int many = 20000;
  for (const auto* name : {"zoë", "paul"})
    answer({"user", "add", name}, "secret\n");
  ASSERT_EQ(server_.stop(), 0);
  add_old(1, many);
  db_->change(server_, "UPDATE messages SET client_id = (SELECT client_id FROM clients WHERE username = 'zoë')");
  server_.start();
  auto paul = support::line_client(server_.endpoint());
  ASSERT_TRUE(paul.log_in("paul", "secret"));

  const auto receipt = answer({"erase", "zoë"});

  EXPECT_EQ(receipt["deleted_rows"]["messages"], many);
  EXPECT_EQ(count("vieux"), 0);
  EXPECT_EQ(look_up("SELECT count(*) FROM clients WHERE gone_ms IS NOT NULL"), "0");
  say(paul, "seul");
  EXPECT_EQ(look_up("SELECT seq FROM messages WHERE contenu = 'seul'"), std::to_string(many + 1));
  EXPECT_THAT(column(answer({"log", "--command=departure"}), "to"),
              ElementsAre("receipt " + std::to_string(receipt["receipt"].get<int64_t>())));

  answer({"user", "add", "zoë"}, "secret\n");
  ASSERT_EQ(server_.stop(), 0);
  add_old(2, many);
  db_->change(server_, "UPDATE messages SET client_id = (SELECT client_id FROM clients WHERE username = 'zoë') WHERE"
                       " salon_id = 2");
  server_.start();
  answer({"ban", "zoë"});
  EXPECT_THAT(answer({"history", "Blabla"}), IsEmpty());
  ASSERT_TRUE(eventually([&] { return count("vieux") < many; }, 60s));
  server_.kill();
  ASSERT_GT(count("vieux"), 0) << "all went before the kill";
  server_.start();
  EXPECT_THAT(answer({"history", "Blabla"}), IsEmpty());
  EXPECT_TRUE(eventually([&] { return count("vieux") == 0; }, 120s));
  ASSERT_TRUE(eventually([&] { return answer({"log", "--command=departure"}).size() == 2; }));
  EXPECT_THAT(answer({"log", "--command=departure"}).back()["reason"].get<std::string>(),
              HasSubstr(std::to_string(many) + " messages"));
}

INSTANTIATE_TEST_SUITE_P(Databases, Retention, testing::ValuesIn(kinds()), name_of);

} // namespace
} // namespace salond::end_to_end
