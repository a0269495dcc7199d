// What is decided on one node holds on the other, without links: within two seconds of the answer.
#include "actors/wall_clock.hpp"
#include "tests/support/two_nodes.hpp"
#include <nlohmann/json.hpp>

namespace salond {
namespace {

using support::eventually;
using testing::HasSubstr;

class News : public support::two_nodes {
protected:
  /// Whether it does within the time that the nodes promise.
  template <class Fact>
  static bool soon(Fact fact) {
    return eventually(fact, std::chrono::seconds{2});
  }
  /// What a client is told at once for what it says. Posts need links between the nodes; lists and requests do not.
  static std::string answer_to(support::port_client& who, const std::string& said) {
    who.say(said);
    return who.line();
  }
};

// --- who is out ---

TEST_F(News, AKickClosesTheUserElsewhereWithItsWordsAndEndsWhenItIsEnded) {
  auto zoe = lyon->log_in("zoë");

  paris->command({"kick", "zoë", "7"});

  EXPECT_THAT(zoe.line(), HasSubstr("7 minutes"));
  EXPECT_TRUE(zoe.ends());
  EXPECT_THAT(lyon->answer_to_login("zoë"), HasSubstr("quelques minutes"));
  paris->command({"unban", "zoë"});
  EXPECT_TRUE(soon([&] { return lyon->answer_to_login("zoë") == "CONNECTED"; }));
}

TEST_F(News, ABanClosesTheUserElsewhereAndTheSalonsForgetHim) {
  auto zoe = lyon->log_in("zoë");
  auto paul = lyon->log_in("paul");

  paris->command({"ban", "zoë"});

  EXPECT_EQ(zoe.line(), "Vous avez été banni définitivement du serveur !");
  EXPECT_TRUE(zoe.ends());
  EXPECT_THAT(lyon->answer_to_login("zoë"), HasSubstr("banni"));
  EXPECT_TRUE(soon([&] { return lyon->hearers("Général") == 1; }));
}

TEST_F(News, AnErasedUserIsClosedElsewhere) {
  auto zoe = lyon->log_in("zoë");

  paris->command({"erase", "zoë"});

  EXPECT_THAT(zoe.line(), HasSubstr("supprimé"));
  EXPECT_TRUE(zoe.ends());
}

TEST_F(News, AnAddressThatIsBannedIsKeptOutElsewhereUntilThatIsEnded) {
  auto zoe = lyon->log_in("zoë");

  paris->command({"ban", "127.0.0.1"});

  EXPECT_TRUE(zoe.line_or_end());
  EXPECT_TRUE(zoe.ends());
  EXPECT_NE(lyon->connect().line_or_end().value_or(""), "");
  paris->command({"unban", "127.0.0.1"});
  EXPECT_TRUE(soon([&] { return lyon->answer_to_login("zoë") == "CONNECTED"; }));
}

// --- accounts ---

TEST_F(News, AUserWhoIsRenamedElsewhereHasTheNewName) {
  auto zoe = lyon->log_in("zoë");

  paris->command({"user", "rename", "zoë", "anna"});

  EXPECT_TRUE(soon([&] { return answer_to(zoe, "PRIVATE:anna:x") == "anna (privé): x"; }));
}

// Strangers who guess from the address at which an owner is must not keep him out, at whatever node they do.
TEST_F(News, WhereAnOwnerLoggedInOtherNodesLearn) {
  const user_id zoe{std::stoll(value("SELECT client_id FROM clients WHERE username = 'zoë'"))};
  paris->log_in("zoë");

  EXPECT_TRUE(eventually(
      [&] {
        return lyon->on_io_thread([&](audience& clients) {
          const auto tomorrow = wall_clock() + std::chrono::hours{24};
          return clients.allowed.is_to_be_stored(zoe, "127.0.0.1", std::chrono::steady_clock::now(), tomorrow);
        });
      },
      std::chrono::seconds{30}));
}

// Though he is not connected there any more.
TEST_F(News, WhereAnOwnerWasIsForgottenWithTheAccountThatIsErasedElsewhere) {
  const user_id zoe{std::stoll(value("SELECT client_id FROM clients WHERE username = 'zoë'"))};
  const auto is_known = [&] {
    return lyon->on_io_thread([&](audience& clients) {
      const auto tomorrow = wall_clock() + std::chrono::hours{24};
      return clients.allowed.is_to_be_stored(zoe, "127.0.0.1", std::chrono::steady_clock::now(), tomorrow);
    });
  };
  lyon->log_in("zoë");
  ASSERT_TRUE(is_known());

  paris->command({"erase", "zoë"});

  EXPECT_TRUE(soon([&] { return !is_known(); }));
}

TEST_F(News, ARoleThatIsGivenElsewhereHoldsInASessionThatIsOpen) {
  auto zoe = lyon->log_in("zoë");
  EXPECT_THAT(answer_to(zoe, "BAN:nobody"), HasSubstr("ERREUR"));

  paris->command({"role", "zoë", "administrator"});

  EXPECT_TRUE(soon([&] { return answer_to(zoe, "BAN:paul").find("paul") != std::string::npos; }));
}

TEST_F(News, AUserWhoIsDisabledElsewhereIsClosedAndMayComeOnceHeIsEnabled) {
  auto zoe = lyon->log_in("zoë");

  paris->command({"user", "disable", "zoë"});

  EXPECT_THAT(zoe.line(), HasSubstr("désactivé"));
  EXPECT_TRUE(zoe.ends());
  paris->command({"user", "enable", "zoë"});
  EXPECT_EQ(lyon->answer_to_login("zoë"), "CONNECTED");
}

TEST_F(News, APasswordThatIsSetElsewhereHoldsAtOnceAndSessionsStay) {
  auto zoe = lyon->log_in("zoë");

  paris->command({"password", "zoë"}, "other");

  EXPECT_NE(lyon->answer_to_login("zoë"), "CONNECTED");
  EXPECT_EQ(lyon->answer_to_login("zoë", "other"), "CONNECTED");
  EXPECT_EQ(answer_to(zoe, "WHO:Général"), "Connectés dans le salon Général: zoë");
}

TEST_F(News, SessionsThatAreEndedElsewhereAreClosed) {
  auto zoe = lyon->log_in("zoë");
  auto paul = lyon->log_in("paul");

  paris->command({"session", "end", "zoë"});

  zoe.line();
  EXPECT_TRUE(zoe.ends());
  EXPECT_THAT(answer_to(paul, "WHO:Général"), HasSubstr("paul"));
}

// --- salons ---

TEST_F(News, ASalonThatIsMadeElsewhereIsFoundRenamedArchivedAndRestored) {
  auto zoe = lyon->log_in("zoë");

  paris->command({"salon", "create", "Jardin", "--policy=open"});
  EXPECT_TRUE(soon([&] { return answer_to(zoe, "JOIN:Jardin").find("rejoint") != std::string::npos; }));
  ASSERT_TRUE(soon([&] { return lyon->hearers("Jardin") == 1; }));

  paris->command({"salon", "rename", "Jardin", "Verger"});
  EXPECT_TRUE(soon([&] { return lyon->hearers("Verger") == 1; }));
  EXPECT_EQ(lyon->hearers("Jardin"), 0u);

  paris->command({"salon", "archive", "Verger"});
  EXPECT_TRUE(soon([&] { return lyon->hearers("Verger") == 0; }));

  paris->command({"salon", "restore", "Verger"});
  EXPECT_TRUE(soon([&] { return lyon->hearers("Verger") == 1; }));
  EXPECT_TRUE(
      soon([&] { return paris->on_io_thread([](audience& clients) { return clients.salons.find("Verger"); }); }));
}

// --- memberships ---

TEST_F(News, WhoIsMadeAMemberElsewhereHearsTheSalonAndItsMembersAreToldOnce) {
  paris->command({"salon", "create", "Jardin"});
  paris->command({"member", "add", "paul", "Jardin"});
  ASSERT_TRUE(soon(
      [&] { return lyon->on_io_thread([](audience& clients) { return clients.salons.find("Jardin") != nullptr; }); }));
  auto zoe = lyon->log_in("zoë");
  auto paul = lyon->log_in("paul");

  paris->command({"member", "add", "zoë", "Jardin"});

  const auto joined = paul.line();
  EXPECT_THAT(joined, HasSubstr("zoë"));
  EXPECT_EQ(zoe.line(), joined);
  EXPECT_EQ(answer_to(zoe, "WHO:Jardin"), "Connectés dans le salon Jardin: paul, zoë");

  paris->command({"member", "remove", "zoë", "Jardin"});

  EXPECT_THAT(paul.line(), HasSubstr("zoë"));
  EXPECT_TRUE(soon([&] { return lyon->hearers("Jardin") == 1; }));
}

TEST_F(News, WhoseRequestIsDecidedElsewhereIsToldOnce) {
  paris->command({"salon", "create", "Jardin"});
  paris->command({"salon", "create", "Verger"});
  ASSERT_TRUE(soon(
      [&] { return lyon->on_io_thread([](audience& clients) { return clients.salons.find("Verger") != nullptr; }); }));
  auto zoe = lyon->log_in("zoë");
  answer_to(zoe, "JOIN:Jardin");
  answer_to(zoe, "JOIN:Verger");

  paris->command({"reject", "zoë", "Jardin"});
  EXPECT_THAT(zoe.line(), HasSubstr("Jardin"));
  paris->command({"accept", "zoë", "Verger"});
  EXPECT_THAT(zoe.line(), HasSubstr("Verger"));

  EXPECT_TRUE(soon([&] { return value("SELECT COUNT(*) FROM notices") == "0"; })) << "else it is told once more";
}

TEST_F(News, ASalonLooksInTheStoreBeforeItRefusesSomebody) {
  auto anna = paris->connect();
  anna.say("INSCRIPTION:anna:anna:secret"); // no news: nobody is told of new accounts
  EXPECT_EQ(anna.line(), "Inscription réussie!");

  auto there = lyon->log_in("anna");
  EXPECT_EQ(answer_to(there, "WHO:Général"), "Connectés dans le salon Général: anna");

  paris->command({"salon", "create", "Jardin"});
  ASSERT_TRUE(soon(
      [&] { return lyon->on_io_thread([](audience& clients) { return clients.salons.find("Jardin") != nullptr; }); }));
  EXPECT_THAT(answer_to(there, "MSG (Jardin):x"), HasSubstr("ERREUR"));
  EXPECT_THAT(answer_to(there, "LEAVE:Jardin"), HasSubstr("ERREUR"));
  EXPECT_THAT(answer_to(there, "HISTORY:Jardin:5"), HasSubstr("ERREUR"));
}

TEST_F(News, PostsOfSomebodyWhoIsLookedForKeepTheirOrder) {
  auto anna = paris->connect();
  anna.say("INSCRIPTION:anna:anna:secret");
  EXPECT_EQ(anna.line(), "Inscription réussie!");
  paris.reset(); // the other has all homes
  auto there = lyon->log_in("anna");

  lyon->guard->hold(support::store_guard::access::writes);
  for (const auto* text : {"un", "deux", "trois"})
    there.say("MSG (Général):" + std::string(text));
  lyon->guard->release(support::store_guard::access::writes);

  for (const auto* text : {"un", "deux", "trois"})
    EXPECT_EQ(there.line(), "anna dans le salon Général: " + std::string(text));
}

TEST_F(News, ImportedAccountsAreMembersElsewhere) {
  const std::string file = "{\"username\":\"anna\",\"alias\":\"anna\",\"password\":\"secret\"}\n";

  paris->command({"users", "import", "accounts.jsonl"}, file);

  auto anna = lyon->log_in("anna");
  EXPECT_EQ(answer_to(anna, "WHO:Général"), "Connectés dans le salon Général: anna");
}

TEST_F(News, WhoseReadersFailAreReadAgain) {
  auto zoe = lyon->log_in("zoë");
  lyon->guard->fail_writes(persistence::store_error::kind::unavailable, 3);

  paris->command({"kick", "zoë"});

  EXPECT_THAT(zoe.line(), HasSubstr("5 minutes"));
  EXPECT_TRUE(zoe.ends());
}

TEST_F(News, ANodeEndsWithoutTheActorThatHearsThem) {
  caf::anon_send_exit(lyon->actors.news, caf::exit_reason::kill);

  EXPECT_EQ(lyon->end_status(), 1);
}

TEST_F(News, ABanRegistryThatWasStartedAgainIsToldOfThemToo) {
  auto zoe = lyon->log_in("zoë");
  const auto before = lyon->on_io_thread([](audience& clients) { return clients.services.bans; });
  caf::anon_send_exit(before, caf::exit_reason::kill);
  ASSERT_TRUE(eventually(
      [&] { return lyon->on_io_thread([&](audience& clients) { return clients.services.bans != before; }); }));

  paris->command({"kick", "zoë"});

  EXPECT_THAT(zoe.line(), HasSubstr("5 minutes"));
}

} // namespace
} // namespace salond
