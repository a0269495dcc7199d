// What an operator is told is so.
// - A guard that proved something else: `status` said "database answers: yes" of a database that was dead, as long as
//   nobody wrote, and `kill` was refused since its line in the audit log could not be stored: a server whose disk was
//   full could not be stopped. Now `status` asks the database something, and `kill` stops without it.
// - "Done" that did not hold: `cert revoke` stood as done in the audit log, though its list could not be written and
//   the certificate was as good as before. Now a second line says that it was not done.
#include "tests/support/operators_node.hpp"

namespace salond {
namespace {

class SaidAsItIs : public OperatorsNode {
protected:
  bool database_answers() { return json::parse(command({"status"}).second)["database"]["answers"].get<bool>(); }
};

TEST_F(SaidAsItIs, ADatabaseThatAnswersNoQuestionDoesNotAnswer) {
  start();
  EXPECT_TRUE(database_answers());

  guard->hold(what::reads);
  EXPECT_FALSE(database_answers()) << "nobody writes, and nobody is answered";
  guard->release(what::reads);

  EXPECT_TRUE(support::eventually([&] { return database_answers(); }));
}

TEST_F(SaidAsItIs, AServerWhoseDiskIsFullCanBeStopped) {
  start();
  guard->fail_writes(persistence::store_error::kind::unavailable, 1);

  EXPECT_EQ(verdict_of({"kill", "0"}), admin_verdict::done);
  EXPECT_EQ(end_status(), 0);
}

TEST_F(SaidAsItIs, AServerWhoseDatabaseHangsCanBeStopped) {
  settings.stop.seconds = 1;
  start();
  guard->hold(what::writes);

  EXPECT_EQ(verdict_of({"kill", "0"}), admin_verdict::done);
  guard->release(what::writes);
  end_status();
}

TEST_F(SaidAsItIs, ARevocationThatCouldNotBeWrittenIsToldAsThat) {
  certificates.list = [] {
    issued_certificate one;
    one.facts.who = {peer_kind::moderator, "zed"};
    return std::vector{one};
  };
  certificates.revoke = [](const std::string&) -> revocation { throw pki_error("certificates.new: No space left"); };
  certificates.issue = [](const identity&) -> std::string { throw pki_error("No space left"); };
  start();

  for (const words& said : {words{"cert", "revoke", "zed"}, words{"cert", "issue", "zed"}}) {
    const auto [verdict, text] = command(said);
    EXPECT_EQ(verdict, admin_verdict::refused);
    EXPECT_THAT(text, testing::HasSubstr("No space left"));
    const auto lines = log_of("cert " + said[1]);
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_EQ(lines[0]["result"], "done");
    EXPECT_EQ(lines[1]["result"], "refused");
    EXPECT_EQ(lines[1]["to"], "zed");
    EXPECT_THAT(lines[1]["reason"].get<std::string>(), testing::HasSubstr("not done: "));
  }
}

TEST_F(SaidAsItIs, ARevocationThatHoldsAndIsNotStoredIsToldAsThat) {
  certificates.list = [] {
    issued_certificate one;
    one.facts.who = {peer_kind::moderator, "zed"};
    return std::vector{one};
  };
  certificates.revoke = [](const std::string&) { return revocation{1, "certificates.new: No space left"}; };
  start();

  const auto [verdict, text] = command({"cert", "revoke", "zed"});

  EXPECT_EQ(verdict, admin_verdict::refused);
  EXPECT_THAT(text, testing::HasSubstr("1 revoked, and refused from now on, but that is not stored"));
  const auto lines = log_of("cert revoke");
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[1]["result"], "not_stored");
  EXPECT_THAT(lines[1]["reason"].get<std::string>(), testing::HasSubstr("No space left"));
}

} // namespace
} // namespace salond
