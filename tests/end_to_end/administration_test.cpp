// salond administered by the real salonctl, on each kind of database: every command as an operator would give it.
#include "tests/end_to_end/administration.hpp"
#include "tests/support/line_client.hpp"
#include <algorithm>
#include <sstream>

namespace salond::end_to_end {
namespace {

using testing::HasSubstr;

class Administration : public administration_test {};

TEST_P(Administration, SaysHowTheServerIs) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");

  const auto status = answer({"status"});

  EXPECT_EQ(status["connections"], 1);
  EXPECT_EQ(status["users"], 1);
  EXPECT_EQ(status["salons"], 5);
  EXPECT_TRUE(status["database"]["kind"].is_string());
  EXPECT_EQ(status["database"]["answers"], true);
  EXPECT_EQ(status["messages_per_second"], 0);
  EXPECT_THAT(ctl({"status"}).output, HasSubstr("connections: 1\n"));
}

TEST_P(Administration, ShowsUsersAndTheirSessions) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");

  const auto users = answer({"users", "ZO"});
  const auto user = answer({"user", "ZOË"});
  const auto sessions = answer({"sessions"});

  ASSERT_EQ(users.size(), 1u);
  EXPECT_EQ(users[0]["user"], "zoë");
  EXPECT_EQ(users[0]["connected"], true);
  EXPECT_EQ(user["salons"], json::array({"Général"}));
  EXPECT_EQ(user["sessions"].size(), 1u);
  EXPECT_EQ(user["role"], "user");
  ASSERT_EQ(sessions.size(), 1u);
  EXPECT_EQ(sessions[0]["address"], "127.0.0.1");
  refused({"user", "nobody"}, 1, "no such user");
}

TEST_P(Administration, DecidesAboutJoinRequests) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");
  zoe.say("JOIN:Marketing");
  ASSERT_EQ(zoe.hear(), "Demande d'adhésion au salon Marketing en attente.");
  EXPECT_EQ(answer({"requests"})[0]["salon"], "Marketing");

  answer({"accept", "zoë", "marketing"});
  EXPECT_EQ(zoe.hear(), "zoë a rejoint le salon Marketing.");
  zoe.say("MSG (Marketing):me voilà");
  EXPECT_EQ(zoe.hear(), "zoë dans le salon Marketing: me voilà");
  EXPECT_EQ(answer({"status"})["messages"], 1) << "joining is none";
  answer({"reject", "zoë", "Marketing", "trop", "de", "monde"});
  EXPECT_EQ(zoe.hear(), "Votre demande d'adhésion au salon Marketing a été refusée. Accès restreint");
  zoe.say("MSG (Marketing):encore");
  EXPECT_EQ(zoe.hear(), "ERREUR: vous n'êtes pas membre du salon Marketing");

  refused({"accept", "zoë", "Marketing"}, 1, "no such request");
  refused({"accept", "zoë", "Nulle part"}, 1, "no such salon");
  const auto log = answer({"log"});
  ASSERT_GE(log.size(), 3u);
  EXPECT_EQ(log[log.size() - 3]["what"], "reject");
  EXPECT_EQ(log[log.size() - 3]["reason"], "trop de monde");
  EXPECT_EQ(log[log.size() - 2]["what"], "accept"); // the refused ones
  EXPECT_EQ(log[log.size() - 2]["result"], "no_such_request");
  EXPECT_EQ(log.back()["result"], "unknown_salon");
}

TEST_P(Administration, KicksBansAndUnbans) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");

  answer({"kick", "zoë", "7", "trop", "de", "bruit"});
  EXPECT_EQ(zoe.hear(), "Vous avez été expulsé du serveur. Vous êtes banni pendant 7 minutes.");
  EXPECT_EQ(zoe.hear(), support::closed);
  EXPECT_EQ(answer({"bans"})[0]["user"], "zoë");
  answer({"unban", "zoë"});
  support::line_client again(server_.endpoint());
  ASSERT_TRUE(again.log_in("zoë"));
  answer({"ban", "zoë"});
  EXPECT_EQ(again.hear(), "Vous avez été banni définitivement du serveur !");
  EXPECT_EQ(answer({"bans"})[0]["until"], "for good");

  refused({"ban", "zoë"}, 1, "banned");
  answer({"ban", "server"});
  refused({"ban", "admin"}, 4, "last administrator");
  refused({"unban", "nobody"}, 1, "no user of that name is out");
  refused({"unban", "admin"}, 1, "no user of that name is out");
}

TEST_P(Administration, MakesAndChangesSalons) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");

  answer({"salon", "create", "Le Jardin", "--policy=open"});
  zoe.say("JOIN:le jardin");
  EXPECT_EQ(zoe.hear(), "zoë a rejoint le salon Le Jardin.");
  answer({"salon", "rename", "Le Jardin", "Le Parc"});
  zoe.say("MSG (Le Parc):bonjour");
  EXPECT_EQ(zoe.hear(), "zoë dans le salon Le Parc: bonjour");
  zoe.say("MSG (Le Jardin):bonjour");
  EXPECT_EQ(zoe.hear(), "ERREUR: le salon Le Jardin n'existe pas");
  answer({"salon", "topic", "Le Parc", "les", "arbres"});
  answer({"salon", "policy", "Le Parc", "approval"});
  const auto salons = answer({"salons"});
  EXPECT_EQ(salons.back()["salon"], "Le Parc");
  EXPECT_EQ(salons.back()["topic"], "les arbres");
  EXPECT_EQ(salons.back()["policy"], "approval");
  EXPECT_EQ(salons.back()["members"], 1);
  answer({"member", "remove", "zoë", "Le Parc"});
  EXPECT_EQ(zoe.hear(), "zoë a quitté le salon Le Parc.");
  answer({"member", "add", "zoë", "Le Parc"});
  EXPECT_EQ(zoe.hear(), "zoë a rejoint le salon Le Parc.");
  answer({"salon", "archive", "Le Parc"});
  zoe.say("MSG (Le Parc):encore");
  EXPECT_EQ(zoe.hear(), "ERREUR: le salon Le Parc n'existe pas");
  EXPECT_EQ(answer({"salons"}).size(), 5u);

  refused({"salon", "create", "général"}, 1, "taken");
  refused({"salon", "create", "a:b"}, 1, "taken or none that can be given");
  refused({"salon", "policy", "Blabla", "secret"}, 2, "auto, open or approval");
}

TEST_P(Administration, ReadsSearchesAndDeletesMessages) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");
  for (const auto* text : {"un", "deux): \"%_", "trois"}) {
    zoe.say(std::string("MSG (Général):") + text);
    ASSERT_NE(zoe.hear(), support::nothing);
  }

  const auto history = answer({"history", "Général", "2", "--ids"});
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[1]["text"], "trois");
  EXPECT_EQ(answer({"search", "Général", "%_"})[0]["text"], "deux): \"%_");
  answer({"message", "delete", history[1]["id"].dump()});
  EXPECT_EQ(answer({"history", "Général"}).size(), 2u);

  refused({"message", "delete", history[1]["id"].dump()}, 1, "no such message");
  EXPECT_THAT(answer({"log"}).dump(), testing::Not(HasSubstr("trois")));
}

TEST_P(Administration, MakesAccountsAndChangesThem) {
  answer({"user", "add", "l'été", "--alias=Été"}, "premier secret\n");
  support::line_client first(server_.endpoint());
  ASSERT_TRUE(first.log_in("l'été", "premier secret"));
  answer({"user", "rename", "l'été", "hiver"});
  first.say("MSG (Général):froid");
  EXPECT_EQ(first.hear(), "hiver dans le salon Général: froid");
  answer({"password", "hiver"}, "second secret\n");
  support::line_client second(server_.endpoint());
  ASSERT_TRUE(second.log_in("hiver", "second secret"));
  answer({"role", "hiver", "administrator"});
  first.say("BAN:nobody");
  EXPECT_EQ(first.hear(), "ERREUR: utilisateur nobody inconnu");
  answer({"role", "hiver", "user"});
  first.say("BAN:nobody");
  EXPECT_EQ(first.hear(), "ERREUR: droits insuffisants");

  EXPECT_EQ(ctl({"user", "add", "hiver"}, "x\n").status, 1);
  EXPECT_EQ(ctl({"password", "hiver"}, "").status, 1);
  EXPECT_THAT(answer({"log"}).dump(), testing::Not(HasSubstr("secret")));
}

TEST_P(Administration, TakesTheReplacedConsolesSyntax) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");
  zoe.say("JOIN:Marketing");
  ASSERT_NE(zoe.hear(), support::nothing);

  const auto console = ctl({"console"}, "ACCEPT:zoë:Marketing\ndance\nsalons\nKICK:zoë\n");

  EXPECT_EQ(console.status, 1); // for the line that is no command
  EXPECT_THAT(console.output, AllOf(HasSubstr("done"), HasSubstr("Marketing")));
  EXPECT_THAT(console.errors, HasSubstr("\"dance\" is no command"));
  EXPECT_EQ(zoe.hear(), "zoë a rejoint le salon Marketing.");
  EXPECT_EQ(zoe.hear(), "Vous avez été expulsé du serveur. Vous êtes banni pendant 5 minutes.");
}

TEST_P(Administration, TellsEverybodyAndStops) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");

  answer({"announce", "maintenance", "à", "midi"});
  EXPECT_EQ(zoe.hear(), "Annonce: maintenance à midi");
  answer({"kill", "1"});
  EXPECT_EQ(zoe.hear(), "Le serveur va s'arrêter dans 1 secondes. Merci de vous déconnecter.");
  EXPECT_EQ(zoe.hear(), "Le serveur va s'arrêter. Merci de vous déconnecter.");
  EXPECT_EQ(zoe.hear(), support::closed);
  EXPECT_EQ(server_.running().wait(), 0);
}

TEST_P(Administration, SaysSoWhenItsAnswerCannotBeWritten) {
  const words asked{SALONCTL_BINARY, "--server=" + server_.admin(), "--state=" + server_.state(), "users"};
  support::process tool(asked, {}, "/dev/full", folder_ / "err");

  EXPECT_EQ(tool.wait(), 1);
  EXPECT_THAT(tool.errors(), HasSubstr("could not be written"));
}

TEST_P(Administration, DecidesAboutRegistrations) {
  restart_with({{"registration", {{"policy", "approval"}}}});
  EXPECT_EQ(support::register_user(server_.endpoint(), "zoë"), "Inscription en attente d'approbation.");
  EXPECT_EQ(support::register_user(server_.endpoint(), "ZOË"), "Nom d'utilisateur déjà utilisé. Choisissez un autre.");
  EXPECT_EQ(support::register_user(server_.endpoint(), "paul"), "Inscription en attente d'approbation.");
  restart_with({{"registration", {{"policy", "approval"}}}}); // they wait however long
  support::line_client early(server_.endpoint());
  early.say("zoë:secret");
  EXPECT_EQ(early.hear(), "AUTH_FAILED");

  const auto requests = answer({"requests"});
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0]["user"], "zoë");
  EXPECT_EQ(requests[0]["salon"], nullptr);
  EXPECT_EQ(requests[0]["alias"], "zoë");
  EXPECT_THAT(ctl({"requests"}).output, HasSubstr("zoë   -"));
  answer({"accept", "ZOË"});
  support::line_client zoe(server_.endpoint());
  ASSERT_TRUE(zoe.log_in("zoë"));
  zoe.say("MSG (Général):me voilà");
  EXPECT_EQ(zoe.hear(), "zoë dans le salon Général: me voilà");
  answer({"reject", "paul", "trop", "jeune"});
  EXPECT_EQ(answer({"requests"}).size(), 0u);
  EXPECT_EQ(support::register_user(server_.endpoint(), "paul"), "Inscription en attente d'approbation.");
  answer({"reject", "paul"});

  refused({"accept", "zoë"}, 1, "no such request");
  refused({"reject", "paul", "encore"}, 1, "no such");
  refused({"accept", "paul", "Marketing"}, 1, "no such user");
  const auto log = answer({"log"}).dump();
  EXPECT_THAT(log, HasSubstr("accept_registration"));
  EXPECT_THAT(log, HasSubstr("trop jeune"));
  EXPECT_THAT(log, HasSubstr("no_such_request"));
}

TEST_P(Administration, KeepsRequestsOfWhoIsAwayAndTellsTheDecisionOnce) {
  const json kept{{"requests", {{"keep_offline", true}}}};
  restart_with(kept);
  auto paul = support::newcomer(server_.endpoint(), "paul");
  {
    auto zoe = support::newcomer(server_.endpoint(), "zoë");
    for (const auto* salon : {"Marketing", "Informatique"}) {
      zoe.say("JOIN:" + std::string(salon));
      ASSERT_THAT(zoe.hear(), HasSubstr("en attente"));
    }
    zoe.say("QUIT");
    ASSERT_EQ(zoe.hear(), support::closed);
  }
  restart_with(kept);
  EXPECT_EQ(answer({"requests"}).size(), 2u);
  support::line_client again(server_.endpoint());
  ASSERT_TRUE(again.log_in("paul"));

  again.say("PRIVATE:zoë:avant");
  ASSERT_TRUE(again.hears_nothing());
  answer({"accept", "zoë", "Marketing"});
  answer({"reject", "zoë", "Informatique"});
  again.say("PRIVATE:zoë:après");
  ASSERT_TRUE(again.hears_nothing());
  restart_with(kept);

  {
    support::line_client zoe(server_.endpoint());
    ASSERT_TRUE(zoe.log_in("zoë"));
    EXPECT_EQ(zoe.hear(), "paul (privé): avant");
    EXPECT_EQ(zoe.hear(), "zoë a rejoint le salon Marketing.");
    EXPECT_EQ(zoe.hear(), "Votre demande d'adhésion au salon Informatique a été refusée. Accès restreint");
    EXPECT_EQ(zoe.hear(), "paul (privé): après");
    zoe.say("MSG (Marketing):me voilà");
    EXPECT_EQ(zoe.hear(), "zoë dans le salon Marketing: me voilà");
    zoe.say("JOIN:Informatique"); // and what is told at once is not told again
    ASSERT_THAT(zoe.hear(), HasSubstr("en attente"));
    answer({"reject", "zoë", "Informatique"});
    EXPECT_EQ(zoe.hear(), "Votre demande d'adhésion au salon Informatique a été refusée. Accès restreint");
    EXPECT_TRUE(
        support::eventually([&] { return db_->ask(server_, "SELECT count(*) FROM notices").at(0).at(0) == "0"; }));
  }
  support::line_client zoe(server_.endpoint());
  ASSERT_TRUE(zoe.log_in("zoë"));
  EXPECT_TRUE(zoe.hears_nothing());
}

TEST_P(Administration, ALongTextInATableMakesNoOtherRowLong) {
  answer({"announce", std::string(2000, 'x')});
  answer({"announce", "court"});

  std::istringstream table(ctl({"log", "10"}).output);
  std::vector<size_t> lengths;
  for (std::string line; std::getline(table, line);)
    lengths.push_back(line.size());
  std::sort(lengths.begin(), lengths.end());
  ASSERT_GE(lengths.size(), 3u);
  EXPECT_GT(lengths.back(), 2000u);
  EXPECT_LT(lengths[lengths.size() - 2], 300u);
}

TEST_P(Administration, RefusesWordsThatAreTooLongForTheLog) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");

  refused({"kick", "zoë", "5", std::string(1025, 'x')}, 2, "REASON has at most 1,024 bytes");
  refused({"unban", std::string(1025, 'x')}, 2, "USER has at most 1,024 bytes");
  answer({"kick", "zoë", "5", std::string(1024, 'x')});
  EXPECT_EQ(answer({"announce", std::string(40000, 'x')})["done"], true);
}

INSTANTIATE_TEST_SUITE_P(Databases, Administration, testing::ValuesIn(kinds()), name_of);

} // namespace
} // namespace salond::end_to_end
