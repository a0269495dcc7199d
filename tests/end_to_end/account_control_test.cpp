// Accounts in the hands of operators, with the real salonctl on each kind of database: sessions that are ended,
// accounts that are disabled, invitations.
#include "tests/end_to_end/operators_test.hpp"
#include "tests/support/line_client.hpp"
#include <nlohmann/json.hpp>
#include <optional>

namespace salond::end_to_end {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Accounts : public operators_test {
protected:
  /// Whether so many sessions of a user are listed in time: one that was ended is, until its client closes too.
  bool come_to_be(const std::string& username, size_t sessions) {
    return support::eventually([&] { return answer({"sessions", username}).size() == sessions; });
  }
  /// What the server says to a first frame, before it closes.
  std::string said_to(const std::string& frame) {
    support::line_client client(server_.endpoint());
    client.say(frame);
    const auto told = client.hear();
    EXPECT_EQ(client.hear(), support::closed) << frame;
    return told;
  }
  /// A token of the session's.
  static std::string token_of(support::line_client& session) {
    session.say("TOKEN");
    const auto told = session.hear();
    return told.substr(6, told.rfind(':') - 6);
  }
};

TEST_P(Accounts, EndsSessionsAndTheirTokens) {
  std::optional zoe = support::newcomer(server_.endpoint(), "zoë");
  const auto first = answer({"sessions", "ZOË"});
  ASSERT_EQ(first.size(), 1u);
  const auto id = first[0]["id"].get<std::string>();
  auto second = std::make_optional<support::line_client>(server_.endpoint());
  ASSERT_TRUE(second->log_in("zoë"));
  auto paul = support::newcomer(server_.endpoint(), "paul");
  const auto token = token_of(*zoe);
  ASSERT_EQ(answer({"sessions", "zoë"}).size(), 2u);
  ASSERT_EQ(answer({"sessions"}).size(), 3u);

  EXPECT_EQ(answer({"session", "end", "zoë", id})["sessions"], 1);

  EXPECT_EQ(zoe->hear(), "Votre session a été fermée par un administrateur.");
  EXPECT_EQ(zoe->hear(), support::closed);
  zoe.reset();
  EXPECT_TRUE(come_to_be("zoë", 1));
  EXPECT_EQ(said_to("RESUME:" + token), "AUTH_FAILED");
  second->say("MSG (Général):encore là");
  EXPECT_EQ(second->hear(), "zoë dans le salon Général: encore là");
  EXPECT_EQ(answer({"session", "end", "zoë"})["sessions"], 1);
  EXPECT_EQ(second->hear(), "Votre session a été fermée par un administrateur.");
  second.reset();
  EXPECT_TRUE(come_to_be("zoë", 0));
  EXPECT_EQ(paul.hear(), "zoë dans le salon Général: encore là");
  support::line_client again(server_.endpoint());
  EXPECT_TRUE(again.log_in("zoë"));

  EXPECT_EQ(answer({"log"}).back()["what"], "session end");
  refused({"session", "end", "zoë", id}, 1, "no such session");
  refused({"session", "end", "nobody"}, 1, "no such user");
  refused({"sessions", "nobody"}, 1, "no such user");
}

TEST_P(Accounts, DisablesAndEnablesUsers) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");
  auto paul = support::newcomer(server_.endpoint(), "paul");
  const auto token = token_of(zoe);

  answer({"user", "disable", "ZOË"});

  EXPECT_EQ(zoe.hear(), "Votre compte est désactivé.");
  EXPECT_EQ(zoe.hear(), support::closed);
  EXPECT_EQ(said_to("zoë:secret"), "Votre compte est désactivé.");
  EXPECT_EQ(said_to("zoë:wrong"), "AUTH_FAILED");
  EXPECT_EQ(said_to("RESUME:" + token), "AUTH_FAILED");
  EXPECT_EQ(answer({"user", "zoë"})["disabled"], true);
  paul.say("PRIVATE:zoë:à bientôt");
  answer({"user", "enable", "zoë"});
  support::line_client again(server_.endpoint());
  ASSERT_TRUE(again.log_in("zoë"));
  EXPECT_EQ(again.hear(), "paul (privé): à bientôt");

  refused({"user", "disable", "nobody"}, 1, "no such user");
  answer({"user", "disable", "server"});
  refused({"user", "disable", "admin"}, 4, "last administrator");
}

TEST_P(Accounts, LetsInWhoIsInvitedWhereNobodyElseMayRegister) {
  restart_with({{"registration", {{"policy", "closed"}}}});
  const auto code = answer({"invite", "create", "--uses=2", "--days=3", "--salon=Marketing", "--salon=blabla"})["code"]
                        .get<std::string>();
  EXPECT_EQ(code.size(), 20u);
  EXPECT_TRUE(std::all_of(code.begin(), code.end(), [](unsigned char c) { return std::isalnum(c) != 0; })) << code;

  EXPECT_EQ(said_to("INSCRIPTION:zoë:zoë:secret"), "Erreur lors de l'inscription : inscriptions fermées");
  EXPECT_EQ(said_to("INVITE:" + code + "x:zoë:zoë:secret"), "Erreur lors de l'inscription : invitation invalide");
  EXPECT_EQ(said_to("INVITE:" + code + ":zoë:zoë:"), "Erreur lors de l'inscription : mot de passe invalide");
  EXPECT_EQ(said_to("INVITE:" + code + ":zoë:zoë:sec:ret"), "Inscription réussie!");
  EXPECT_EQ(said_to("INVITE:" + code + ":ZOË:z:x"), "Nom d'utilisateur déjà utilisé. Choisissez un autre.");
  support::line_client zoe(server_.endpoint());
  ASSERT_TRUE(zoe.log_in("zoë", "sec:ret"));
  zoe.say("MSG (Marketing):me voilà");
  EXPECT_EQ(zoe.hear(), "zoë dans le salon Marketing: me voilà");
  const auto listed = answer({"invite", "list"});
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0]["used"], 1);
  EXPECT_EQ(listed[0]["salons"], json::array({"Blabla", "Marketing"}));
  EXPECT_EQ(said_to("INVITE:" + code + ":paul:paul:secret"), "Inscription réussie!");
  EXPECT_EQ(said_to("INVITE:" + code + ":lise:lise:secret"), "Erreur lors de l'inscription : invitation invalide");

  const auto log = answer({"log"}).dump();
  EXPECT_THAT(log, HasSubstr("create_invitation"));
  EXPECT_THAT(log, HasSubstr("use_invitation"));
  EXPECT_THAT(log + listed.dump(), testing::Not(HasSubstr(code)));
}

// No new user is called INVITE, but one of the replaced server's may be.
TEST_P(Accounts, LetsInAnOldUserWhoIsCalledInvite) {
  if (GetParam().name != "sqlite")
    return; // takeover_test.cpp has it there
  answer({"user", "add", "vieux"}, "se:cret:x\n");
  db_->ask(server_, "DELETE FROM salons_adheres WHERE username = 'vieux'");
  db_->ask(server_, "UPDATE clients SET username = 'INVITE', username_key = X'696E76697465' WHERE username = 'vieux'");
  const auto code = answer({"invite", "create"})["code"].get<std::string>();

  support::line_client old(server_.endpoint());
  EXPECT_TRUE(old.log_in("INVITE", "se:cret:x"));
  EXPECT_EQ(said_to("INVITE:se:cret:y"), "AUTH_FAILED");
  EXPECT_EQ(said_to("INVITE:" + code + ":zoë:zoë:secret"), "Inscription réussie!");
  EXPECT_EQ(said_to("INVITE:" + code + ":paul:paul:secret"), "AUTH_FAILED") << "may be his password";
}

TEST_P(Accounts, RevokesInvitationsAndNeedsNoApprovalForThem) {
  restart_with({{"registration", {{"policy", "approval"}}}});
  const auto first = answer({"invite", "create"}), second = answer({"invite", "create"});

  answer({"invite", "revoke", first["id"].dump()});

  EXPECT_EQ(said_to("INVITE:" + first["code"].get<std::string>() + ":zoë:zoë:secret"),
            "Erreur lors de l'inscription : invitation invalide");
  EXPECT_EQ(said_to("INVITE:" + second["code"].get<std::string>() + ":zoë:zoë:secret"), "Inscription réussie!");
  EXPECT_EQ(answer({"invite", "list"}), json::array());
  refused({"invite", "revoke", first["id"].dump()}, 1, "no such invitation");
  refused({"invite", "create", "--uses=0"}, 2, "10,000");
  refused({"invite", "create", "--uses=two"}, 2, "usage");
  refused({"invite", "create", "--salon=Nulle part"}, 1, "no such salon");
}

TEST_P(Accounts, KeepsNamesOutThatNobodyHas) {
  refused({"ban", "paul"}, 1, "no such user");
  answer({"ban", "paul", "usurpateur", "--name"});

  EXPECT_EQ(said_to("INSCRIPTION:PAUL:p:secret"), "Nom d'utilisateur déjà utilisé. Choisissez un autre.");
  EXPECT_EQ(said_to("paul:secret"), "Vous avez été banni définitivement du serveur !");
  EXPECT_EQ(answer({"bans"})[0]["reason"], "usurpateur");
  answer({"unban", "paul"});
  EXPECT_EQ(said_to("INSCRIPTION:paul:p:secret"), "Inscription réussie!");
  refused({"ban", "a:b", "--name"}, 1, "taken or none that can be given");
}

INSTANTIATE_TEST_SUITE_P(Databases, Accounts, testing::ValuesIn(kinds()), name_of);

} // namespace
} // namespace salond::end_to_end
