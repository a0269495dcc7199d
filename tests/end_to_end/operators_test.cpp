// Who may administer, with the real salonctl on each kind of database: roles, certificates, and what nobody takes from
// himself.
#include "tests/end_to_end/administration.hpp"
#include "tests/support/line_client.hpp"

namespace salond::end_to_end {
namespace {

class Operators : public administration_test {};

TEST_P(Operators, GivesAndTakesRoles) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");

  answer({"role", "zoë", "administrator"});
  zoe.say("BAN:nobody");
  EXPECT_EQ(zoe.hear(), "ERREUR: utilisateur nobody inconnu");
  answer({"role", "zoë", "user"});
  zoe.say("BAN:nobody");
  EXPECT_EQ(zoe.hear(), "ERREUR: droits insuffisants");
  answer({"role", "server", "user"});

  refused({"role", "admin", "user"}, 4, "last administrator");
  refused({"role", "zoë", "king"}, 2, "usage");
  refused({"role", "zoë", "moderator"}, 2, "usage");
  refused({"role", "zoë", "moderator", "Nulle part"}, 1, "no such salon");
}

TEST_P(Operators, GivesModeratorsTheirSalonsAlone) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");
  auto paul = support::newcomer(server_.endpoint(), "paul");
  answer({"role", "paul", "moderator", "Marketing"});
  const std::string bundle = folder_ / answer({"cert", "issue", "paul", "--role=moderator"})["file"].get<std::string>();
  const auto as_paul = [&](const words& command) { return run({"--bundle=" + bundle}, command); };
  zoe.say("JOIN:Marketing");
  ASSERT_NE(zoe.hear(), support::nothing);
  zoe.say("JOIN:Informatique");
  ASSERT_NE(zoe.hear(), support::nothing);

  EXPECT_EQ(as_paul({"kick", "zoë"}).status, 4) << "not in his salon";
  EXPECT_EQ(as_paul({"accept", "zoë", "Marketing"}).status, 0);
  EXPECT_EQ(as_paul({"accept", "zoë", "Informatique"}).status, 4);
  EXPECT_EQ(as_paul({"salon", "topic", "Marketing", "ventes"}).status, 0);
  EXPECT_EQ(as_paul({"users"}).status, 4);
  EXPECT_EQ(as_paul({"history", "Marketing"}).status, 4);
  EXPECT_EQ(as_paul({"kick", "admin"}).status, 4);
  EXPECT_EQ(as_paul({"kick", "zoë"}).status, 0);

  answer({"cert", "revoke", "paul"});
  EXPECT_EQ(as_paul({"status"}).status, 4);
}

TEST_P(Operators, IssuesNoCertificateThatItCannotHandOver) {
  answer({"cert", "issue", "op1"});

  refused({"cert", "issue", "op1"}, 1, "nothing was issued");
  refused({"cert", "issue", "../op1"}, 2, "a-z, 0-9");
  const auto all = answer({"cert", "list"});
  EXPECT_EQ(std::count_if(all.begin(), all.end(), [](const auto& one) { return one["name"] == "op1"; }), 1);
  refused({"cert", "issue", "op1", "--role=king"}, 1, "nothing was issued");
  refused({"cert", "issue", "op2", "--role=king"}, 2, "--role is");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "op2.pem"));
  refused({"cert", "revoke", "nobody"}, 1, "no operator of that name");
  EXPECT_EQ(answer({"log"}).back()["result"], "refused");
}

TEST_P(Operators, TakesNothingFromWhoAsksForItNorFromTheLastAdministrator) {
  auto marc = support::newcomer(server_.endpoint(), "Marc");
  for (const words& command : {words{"kick", "admin"}, words{"ban", "admin"}, words{"role", "admin", "user"}})
    refused(command, 4, "last administrator"); // the user `server` has the role and cannot log in
  answer({"role", "Marc", "administrator"});
  const std::string bundle = folder_ / answer({"cert", "issue", "marc"})["file"].get<std::string>();

  for (const words& command : {words{"kick", "MARC"}, words{"ban", "Marc"}, words{"role", "Marc", "user"}})
    EXPECT_EQ(run({"--bundle=" + bundle}, command).status, 4) << command.front();
  marc.say("BAN:marc");
  EXPECT_EQ(marc.hear(), "ERREUR: droits insuffisants");
  answer({"role", "admin", "user"}); // there is another one now
  for (const words& command : {words{"kick", "Marc"}, words{"ban", "Marc"}, words{"role", "Marc", "user"}})
    refused(command, 4, "last administrator");
  EXPECT_EQ(answer({"users", "marc"})[0]["role"], "administrator");
  EXPECT_TRUE(marc.hears_nothing());
}

INSTANTIATE_TEST_SUITE_P(Databases, Operators, testing::ValuesIn(kinds()), name_of);

} // namespace
} // namespace salond::end_to_end
