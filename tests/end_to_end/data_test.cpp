// Imports, exports and the end of accounts, by the real salonctl, on each kind of database.
#include "tests/end_to_end/databases.hpp"
#include "tests/end_to_end/salonctl.hpp"
#include "tests/support/line_client.hpp"
#include <fstream>
#include <gmock/gmock.h>
#include <thread>

namespace salond::end_to_end {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

// Of "secret".
const std::string old_hash = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

class Data : public server_test {
protected:
  nlohmann::json answer(const std::vector<std::string>& command, const std::string& input = {}) {
    return answer_of(server_, command, input);
  }
  int64_t users() { return std::stoll(db_->ask(server_, "SELECT count(*) FROM clients").at(0).at(0)); }
  /// Whether the client is told that, after whatever else.
  static bool hears(support::line_client& client, const std::string& line) {
    for (;;) {
      const auto heard = client.hear();
      if (heard == line)
        return true;
      if (heard == support::nothing || heard == support::closed)
        return false;
    }
  }
  static std::string csv_of(int accounts) {
    std::string text = "username,hash,salons\n";
    for (int i = 0; i < accounts; ++i)
      text += "user " + std::to_string(i) + "," + old_hash + (i % 2 ? ",Marketing\n" : ",\n");
    return text;
  }
};

TEST_P(Data, ManyAccountsAreImportedAtOnceAndCanTalk) {
  const auto before = users();
  auto early = support::newcomer(server_.endpoint(), "early");

  EXPECT_EQ(answer({"users", "import", "-"}, csv_of(2000))["users"], 2000);

  EXPECT_EQ(users(), before + 2001);
  support::line_client one(server_.endpoint());
  ASSERT_TRUE(one.log_in("user 1", "secret"));
  one.say("MSG (Marketing):je suis là");
  EXPECT_EQ(one.hear(), "user 1 dans le salon Marketing: je suis là");
  one.say("MSG (Général):bonjour");
  EXPECT_EQ(one.hear(), "user 1 dans le salon Général: bonjour");
  EXPECT_EQ(early.hear(), "user 1 dans le salon Général: bonjour");
  EXPECT_EQ(answer({"log"}).back()["what"], "users import");
}

TEST_P(Data, PasswordsInClearAreHashed) {
  const auto file = std::string(server_.folder() / "accounts.json");
  std::ofstream(file) << "{\"username\":\"zoë\",\"password\":\"très secret\"}\n"
                         "{\"username\":\"paul\",\"hash\":\""
                             + old_hash + "\",\"salons\":[\"Blabla\"]}\n";

  answer({"users", "import", file});

  support::line_client zoe(server_.endpoint());
  EXPECT_TRUE(zoe.log_in("zoë", "très secret"));
  EXPECT_THAT(db_->ask(server_, "SELECT password_hash FROM clients WHERE username = 'zoë'").at(0).at(0),
              testing::StartsWith("$argon2id$"));
  EXPECT_THAT(answer({"log"}).dump(), Not(HasSubstr("secret")));
  EXPECT_THAT(server_.log(), Not(HasSubstr("secret")));
}

TEST_P(Data, AFaultyImportStoresNothingAndNamesEachLine) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");
  const auto before = users();

  const auto refused = run_salonctl(server_, {"users", "import", "-"},
                                    csv_of(500) + "ZOË," + old_hash + ",\nuser 7," + old_hash + ",\nx,abc,\ny,"
                                        + old_hash + ",Nulle part\n");

  EXPECT_EQ(refused.status, 1);
  EXPECT_EQ(refused.output, "");
  EXPECT_THAT(refused.errors,
              AllOf(HasSubstr("nothing was imported"), HasSubstr("line 502: the username \"ZOË\" is taken"),
                    HasSubstr("line 503: the username \"user 7\" stands in line 9 already"),
                    HasSubstr("line 504: the hash"), HasSubstr("line 505: there is no salon \"Nulle part\"")));
  EXPECT_EQ(users(), before);
  EXPECT_EQ(run_salonctl(server_, {"users", "import", "/no/such/file"}).status, 1);
  EXPECT_EQ(run_salonctl(server_, {"users", "import"}).status, 2);
  EXPECT_EQ(run_salonctl(server_, {"users", "import", "-"}, "").status, 1);
}

TEST_P(Data, AnImportThatDiesWithTheServerLeavesNothingOrAll) {
  const auto before = users();
  for (const auto pause : {50ms, 150ms, 300ms}) { // the moment is what is tried, not waited for
    std::thread importing([&] { run_salonctl(server_, {"users", "import", "-"}, csv_of(20000)); });
    std::this_thread::sleep_for(pause);
    server_.kill();
    importing.join();
    server_.start();
    const auto after = users();
    ASSERT_THAT(after, testing::AnyOf(before, before + 20000)) << pause.count() << " ms after its begin";
    if (after != before)
      break; // all of them: a second time it would be refused
  }
}

TEST_P(Data, AnExportHoldsAllAboutAUserAndNoHash) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");
  auto paul = support::newcomer(server_.endpoint(), "paul");
  for (int i = 0; i < 1200; ++i) {
    zoe.say("MSG (Général):message " + std::to_string(i));
    ASSERT_NE(zoe.hear(), support::nothing);
  }
  zoe.say("PRIVATE:paul:à paul");
  ASSERT_TRUE(hears(paul, "zoë (privé): à paul"));
  paul.say("PRIVATE:zoë:à zoë");
  ASSERT_TRUE(hears(zoe, "paul (privé): à zoë"));
  zoe.say("JOIN:Marketing");
  ASSERT_TRUE(hears(zoe, "Demande d'adhésion au salon Marketing en attente."));
  answer({"role", "zoë", "moderator", "Blabla"});

  const auto all = answer({"export", "ZOË"});

  EXPECT_EQ(all["user"], "zoë");
  EXPECT_EQ(all["role"], "moderator");
  EXPECT_EQ(all["salons"], nlohmann::json::array({"Général"}));
  EXPECT_EQ(all["moderates"], nlohmann::json::array({"Blabla"}));
  EXPECT_EQ(all["requests"][0]["salon"], "Marketing");
  EXPECT_EQ(all["sessions"].size(), 1u);
  ASSERT_EQ(all["messages"].size(), 1200u);
  EXPECT_EQ(all["messages"][1199]["text"], "message 1199");
  EXPECT_EQ(all["messages"][0]["salon"], "Général");
  EXPECT_EQ(all["private_messages_sent"][0]["to"], "paul");
  EXPECT_EQ(all["private_messages_received"][0]["text"], "à zoë");
  EXPECT_EQ(all["audit"].size(), 2u) << "the role, and this export";
  EXPECT_THAT(all.dump(), Not(HasSubstr("argon2")));
  EXPECT_EQ(nlohmann::json::parse(run_salonctl(server_, {"export", "zoë"}).output)["user"], "zoë") << "without --json";
  EXPECT_EQ(run_salonctl(server_, {"export", "nobody"}).status, 1);
}

TEST_P(Data, AnExportFindsTheAuditLinesOfFormerNamesAndNotOfTheirNextBearers) {
  support::newcomer(server_.endpoint(), "zoë");
  answer({"role", "zoë", "moderator", "Blabla"});
  answer({"user", "rename", "zoë", "chloé"});
  answer({"user", "rename", "chloé", "inès"});
  support::newcomer(server_.endpoint(), "paul");
  answer({"user", "rename", "paul", "zoë"}); // the name is free
  answer({"role", "zoë", "moderator", "Marketing"});

  const auto all = answer({"export", "inès"});
  std::vector<std::string> found;
  for (const auto& line : all["audit"])
    found.push_back(line["to"].get<std::string>());
  EXPECT_THAT(found, testing::ElementsAre("zoë (moderator: Blabla)", "zoë (chloé)", "chloé (inès)", "inès"));
}

TEST_P(Data, AnErasedUserIsToldAndGoneAndTheNameIsFree) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");
  auto paul = support::newcomer(server_.endpoint(), "paul");
  zoe.say("MSG (Général):adieu");
  ASSERT_NE(zoe.hear(), support::nothing);

  const auto receipt = answer({"erase", "zoë", "sur", "sa", "demande"});

  EXPECT_EQ(zoe.hear(), "Votre compte a été supprimé.");
  EXPECT_EQ(zoe.hear(), support::closed);
  EXPECT_EQ(receipt["done"], true);
  EXPECT_EQ(receipt["user"], "zoë");
  EXPECT_EQ(receipt["deleted_rows"]["messages"], 1);
  const auto line = answer({"log"}).back();
  EXPECT_EQ(line["id"], receipt["receipt"]);
  EXPECT_EQ(line["reason"], "sur sa demande");
  EXPECT_EQ(answer({"history", "Général"}).size(), 0u);
  support::line_client nobody(server_.endpoint());
  EXPECT_FALSE(nobody.log_in("zoë"));
  auto again = support::newcomer(server_.endpoint(), "zoë");
  again.say("MSG (Général):me revoilà");
  EXPECT_EQ(again.hear(), "zoë dans le salon Général: me revoilà");
  answer({"salon", "create", "zoë"}); // of that name, and nobody's
  const auto lines = answer({"export", "zoë"})["audit"];
  ASSERT_EQ(lines.size(), 1u) << lines << "\nthe lines of the account before are no business of this one";
  EXPECT_EQ(lines[0]["what"], "export");
  EXPECT_EQ(run_salonctl(server_, {"erase", "nobody"}).status, 1);
  answer({"erase", "server"});
  EXPECT_EQ(run_salonctl(server_, {"erase", "admin"}).status, 4);
}

INSTANTIATE_TEST_SUITE_P(Databases, Data, testing::ValuesIn(kinds()), name_of);

} // namespace
} // namespace salond::end_to_end
