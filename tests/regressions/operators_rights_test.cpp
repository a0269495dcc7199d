// What an operator may do, and what is kept of what he may not.
// - A name that means two things: a user who registered as `local` was safe from who holds the server's own
//   certificate, since "nobody kicks himself" compared names. Now accounts are compared: the one that the certificate
//   belongs to, if any.
// - A refusal without a trace: a moderator's `ban` or `kill` stood nowhere. Now it stands in the audit log; so does
// `reject
//   --all`, given with a salon of his, which its function refused by itself.
// - A right that could be stretched: a moderator made somebody a member of his salon, and then kicked him off the whole
//   server for a year. Now his kick reaches those who came without him, for an hour at most.
// - A second measure that undid the first: an administrator who was disabled and then also demoted administered again,
//   and enabled and promoted himself, since a certificate of another role than the account's was nobody's. Now nobody
//   does anything by a certificate whose name's account is disabled.
// - A list that everybody might read and grew: a moderator read all bans, with addresses, networks, and what
//   administrators had written of people. Now he reads until when members of his salons are kicked.
// - Again a name that means two things: with an address and a user out who were spelled alike, the user could not be
//   let in alone, and a ban of the address was refused or done as it was spelled. Now `unban --name` is for names, and
//   the ban looks at what the address is.
#include "tests/support/operators_node.hpp"

namespace salond {
namespace {

using testing::HasSubstr;

class OperatorsRights : public OperatorsNode {
protected:
  /// paul moderates Blabla, and zoë, who is no member of it, is there.
  void start_with_moderator() {
    add_user("paul");
    add_user("zoë");
    start();
    ASSERT_EQ(verdict_of({"role", "paul", "moderator", "Blabla"}), admin_verdict::done);
    who = paul;
  }
  admin_verdict as_root(const words& said) {
    const auto before = std::exchange(who, identity{peer_kind::administrator, "root"});
    const auto verdict = verdict_of(said);
    who = before;
    return verdict;
  }

  const identity paul{peer_kind::moderator, "paul"};
};

TEST_F(OperatorsRights, AnOperatorsNameProtectsNoUser) {
  for (const auto* name : {"local", "root", "zoë"})
    add_user(name);
  add_user("luc", role::administrator);
  start();

  who = {peer_kind::administrator, "local"};
  EXPECT_EQ(verdict_of({"role", "local", "administrator"}), admin_verdict::done);
  EXPECT_EQ(verdict_of({"role", "local", "user"}), admin_verdict::done);
  EXPECT_EQ(verdict_of({"kick", "LOCAL"}), admin_verdict::done);
  EXPECT_EQ(verdict_of({"erase", "local"}), admin_verdict::done);
  who = {peer_kind::administrator, "root"};
  EXPECT_EQ(verdict_of({"ban", "root"}), admin_verdict::done) << "a user's account, and no administrator's";
}

TEST_F(OperatorsRights, NobodyTurnsAgainstHisOwnAccount) {
  add_user("luc", role::administrator);
  add_user("zoë", role::administrator);
  start();
  who = {peer_kind::administrator, "zo\xC3\xAB"};

  for (const words& said :
       {words{"kick", "ZOË"}, words{"ban", "zoë"}, words{"erase", "zoë"}, words{"role", "zoë", "user"}})
    EXPECT_EQ(verdict_of(said), admin_verdict::not_allowed) << said[0];
  EXPECT_EQ(as_root({"kick", "zoë"}), admin_verdict::done);
}

TEST_F(OperatorsRights, WhoIsDisabledWinsNothingByLosingHisRoleToo) {
  add_user("zoë", role::administrator);
  add_user("luc", role::administrator);
  add_user("paul", role::user);
  start();
  const identity as_administrator{peer_kind::administrator, "zo\xC3\xAB"},
      as_moderator{peer_kind::moderator, "zo\xC3\xAB"};
  ASSERT_EQ(as_root({"user", "disable", "zoë"}), admin_verdict::done);
  for (const words& change : {words{"role", "zoë", "moderator", "Blabla"}, words{"role", "zoë", "user"}}) {
    ASSERT_EQ(as_root(change), admin_verdict::done);
    for (const auto& holder : {as_administrator, as_moderator}) {
      who = holder;
      for (const words& said :
           {words{"user", "enable", "zoë"}, words{"role", "zoë", "administrator"}, words{"users"}, words{"ban", "paul"},
            words{"kick", "paul"}, words{"requests"}, words{"cert", "issue", "zoë2"}, words{"nodes"}})
        EXPECT_EQ(verdict_of(said), admin_verdict::not_allowed) << said[0];
    }
  }
  EXPECT_EQ(as_root({"user", "enable", "zoë"}), admin_verdict::done);
  who = as_administrator; // the demotion alone takes nothing from the certificate, as the manual says
  EXPECT_EQ(verdict_of({"users"}), admin_verdict::done);
}

TEST_F(OperatorsRights, WhatIsForbiddenStandsInTheAuditLog) {
  start_with_moderator();

  for (const words& said : {words{"ban", "zoë"}, words{"kill"}, words{"reload"}, words{"cert", "issue", "eve"},
                            words{"users"}, words{"kick", "zoë"}})
    EXPECT_EQ(verdict_of(said), admin_verdict::not_allowed) << said[0];

  for (const auto* command : {"ban", "kill", "reload", "cert issue", "users", "kick"}) {
    const auto lines = log_of(command);
    ASSERT_EQ(lines.size(), 1u) << command;
    EXPECT_EQ(lines[0]["by"], "paul");
    EXPECT_EQ(lines[0]["result"], "not_allowed");
  }
  EXPECT_EQ(log_of("ban")[0]["to"], "zoë");
  EXPECT_EQ(log_of("cert issue")[0]["to"], "eve");
}

// A refused command had its own name there, and one that was done another word: who looked for one missed the other.
TEST_F(OperatorsRights, WhatIsForbiddenHasTheWordOfWhatIsDone) {
  start_with_moderator();

  EXPECT_EQ(as_root({"salon", "create", "Projet"}), admin_verdict::done);
  EXPECT_EQ(verdict_of({"salon", "create", "Autre"}), admin_verdict::not_allowed);

  const auto lines = log_of("create_salon");
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0]["result"], "done");
  EXPECT_EQ(lines[1]["result"], "not_allowed");
}

TEST_F(OperatorsRights, WhatIsForbiddenOnlyByItsOptionsStandsThereToo) {
  start_with_moderator();

  for (const words& said : {words{"reject", "--all"}, words{"reject", "zoë", "Blabla", "--all"},
                            words{"reject", "--from=1.2.3.4", "zoë", "Blabla"}})
    EXPECT_EQ(verdict_of(said), admin_verdict::not_allowed) << said[1];

  EXPECT_EQ(log_of("reject").size(), 3u);
}

TEST_F(OperatorsRights, ABurstOfForbiddenCommandsHasFewLines) {
  start_with_moderator();

  for (int i = 0; i < 100; ++i)
    ASSERT_EQ(verdict_of({"kill"}), admin_verdict::not_allowed);

  EXPECT_LT(log_of("kill").size(), 30u);
  EXPECT_TRUE(support::eventually([&] { return !log_of("refused commands").empty(); }, std::chrono::seconds{40}));
  EXPECT_THAT(log_of("refused commands")[0]["reason"].get<std::string>(), HasSubstr("more in"));
}

TEST_F(OperatorsRights, AModeratorKicksOnlyWhoCameWithoutHim) {
  start_with_moderator();

  ASSERT_EQ(verdict_of({"member", "add", "zoë", "Blabla"}), admin_verdict::done);
  EXPECT_EQ(verdict_of({"kick", "zoë", "60"}), admin_verdict::not_allowed);
  auto zoe = log_in("zoë");
  zoe.say("LEAVE:Blabla");
  zoe.line();
  zoe.say("JOIN:Blabla");
  zoe.line();
  EXPECT_EQ(verdict_of({"member", "add", "zoë", "Blabla"}), admin_verdict::done) << "which changes nothing";
  EXPECT_EQ(verdict_of({"kick", "zoë", "61"}), admin_verdict::not_allowed);
  EXPECT_EQ(verdict_of({"kick", "zoë", "527040"}), admin_verdict::not_allowed);
  EXPECT_EQ(verdict_of({"kick", "zoë", "60"}), admin_verdict::done);
}

TEST_F(OperatorsRights, AModeratorEndsNoLongerKick) {
  start_with_moderator();
  ASSERT_EQ(as_root({"member", "add", "zoë", "Blabla"}), admin_verdict::done);
  ASSERT_EQ(as_root({"kick", "zoë", "1000"}), admin_verdict::done);

  EXPECT_EQ(verdict_of({"kick", "zoë", "1"}), admin_verdict::not_allowed);
  EXPECT_EQ(verdict_of({"unban", "zoë"}), admin_verdict::not_allowed);
  EXPECT_EQ(as_root({"kick", "zoë", "1"}), admin_verdict::done);
}

TEST_F(OperatorsRights, AModeratorTakesNothingFromWhoHasRights) {
  add_user("luc", role::administrator);
  add_user("eve");
  start_with_moderator();
  ASSERT_EQ(as_root({"role", "eve", "moderator", "Blabla"}), admin_verdict::done);
  for (const auto* name : {"luc", "eve", "zoë"})
    ASSERT_EQ(as_root({"member", "add", name, "Blabla"}), admin_verdict::done);

  for (const auto* name : {"luc", "eve"}) {
    EXPECT_EQ(verdict_of({"member", "remove", name, "Blabla"}), admin_verdict::not_allowed) << name;
    EXPECT_EQ(verdict_of({"reject", name, "Blabla"}), admin_verdict::not_allowed) << name;
    EXPECT_EQ(verdict_of({"kick", name}), admin_verdict::not_allowed) << name;
  }
  EXPECT_EQ(verdict_of({"member", "remove", "zoë", "Blabla"}), admin_verdict::done);
}

TEST_F(OperatorsRights, AModeratorReadsNoMoreOfBansThanKicksOfHisMembers) {
  add_user("eve");
  add_user("max");
  start_with_moderator();
  for (const auto* name : {"zoë", "eve"})
    ASSERT_EQ(as_root({"member", "add", name, "Blabla"}), admin_verdict::done);
  ASSERT_EQ(as_root({"ban", "10.55.0.0/16", "12 rue X"}), admin_verdict::done);
  ASSERT_EQ(as_root({"ban", "casino", "--name"}), admin_verdict::done);
  for (const auto* name : {"zoë", "max"})
    ASSERT_EQ(as_root({"kick", name, "60", "12 rue X"}), admin_verdict::done);
  ASSERT_EQ(verdict_of({"kick", "eve", "5", "assez"}), admin_verdict::done);

  const auto listed = json::parse(command({"bans"}).second);

  ASSERT_EQ(listed.size(), 2u) << listed;
  EXPECT_EQ(listed[0]["user"], "eve");
  EXPECT_EQ(listed[0]["by"], "paul");
  EXPECT_EQ(listed[0]["reason"], "assez");
  EXPECT_EQ(listed[1]["user"], "zoë");
  EXPECT_EQ(listed[1]["by"], "");
  EXPECT_EQ(listed[1]["reason"], "");
  EXPECT_NE(listed[1]["until"], "for good");
  ASSERT_EQ(as_root({"role", "paul", "user"}), admin_verdict::done);
  EXPECT_EQ(command({"bans"}).second, "[]") << "of no salon";
}

TEST_F(OperatorsRights, AUserAndAnAddressThatAreSpelledAlikeAreLetInEachAlone) {
  start();
  ASSERT_EQ(verdict_of({"ban", "203.0.113.9"}), admin_verdict::done);
  ASSERT_EQ(verdict_of({"user", "add", "203.0.113.9"}, "secret\n"), admin_verdict::done);
  ASSERT_EQ(verdict_of({"kick", "203.0.113.9", "60"}), admin_verdict::done);

  const auto [name_verdict, name_text] = command({"unban", "203.0.113.9", "--name"});
  ASSERT_EQ(name_verdict, admin_verdict::done);
  EXPECT_EQ(json::parse(name_text)["kind"], "name");
  log_in("203.0.113.9");
  const auto [verdict, text] = command({"unban", "203.0.113.9"});
  ASSERT_EQ(verdict, admin_verdict::done);
  EXPECT_EQ(json::parse(text)["kind"], "address");

  EXPECT_EQ(log_of("unban").size(), 1u);
  EXPECT_EQ(log_of("unban_address").size(), 1u);
  EXPECT_EQ(json::parse(command({"log", "--command=unban"}).second).size(), 2u) << "the command's, whatever its word";
  EXPECT_EQ(json::parse(command({"log", "--command=ban"}).second).size(), 1u);
  EXPECT_EQ(verdict_of({"unban", "203.0.113.9", "--name"}), admin_verdict::refused);
}

TEST_F(OperatorsRights, ABanOfAnAddressLooksAtWhatItIs) {
  add_user("203.0.113.9");
  add_user("203.0.113.0/24");
  start();

  for (const auto* spelled : {"203.0.113.9", "203.0.113.9/32", "::ffff:203.0.113.9", "203.0.113.7/24"}) {
    const auto [verdict, text] = command({"ban", spelled});
    EXPECT_EQ(verdict, admin_verdict::refused) << spelled;
    EXPECT_THAT(text, HasSubstr("a user has that name, whom this would not ban")) << spelled;
  }
  EXPECT_EQ(verdict_of({"ban", "203.0.113.8"}), admin_verdict::done);
}

// A duration from two readings of the clock, rounded up: "6 minutes" in a third of all kicks for five.
TEST_F(OperatorsRights, AKickLastsAsLongAsItWasSaidTo) {
  add_user("zoë");
  start();
  caf::scoped_actor self{*system, true};
  guard->hold(access::reads); // so that some time passes between the command and what comes of it
  auto kicked = self->request(caf::actor_cast<admin_actor>(actors_now().admin), support::deadline,
                              admin_request{1, {"kick", "zoë", "5"}});
  ASSERT_TRUE(support::eventually([&] { return guard->held(access::reads) == 1; }));
  guard->release(access::reads);
  kicked.receive([](const admin_answer&) {}, [](const caf::error& why) { ADD_FAILURE() << to_string(why); });
  ASSERT_EQ(verdict_of({"kick", "zoë", "1"}), admin_verdict::done);

  const auto lines = log_of("kick");
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0]["to"], "zoë (5 minutes)");
  EXPECT_EQ(lines[1]["to"], "zoë (1 minute)");
}

// Work that outlived who asked for it: 16 interrupted commands kept their operator from giving any, for two minutes.
TEST_F(OperatorsRights, ACallEndsWithWhoAsked) {
  start();
  for (size_t i = 0; i < max_admin_calls + 2; ++i) {
    caf::scoped_actor asker{*system, true};
    const auto verdict = static_cast<admin_verdict>(say(asker, admin_request{1, {"users", "import", "-"}}).verdict);
    ASSERT_TRUE(verdict == admin_verdict::input_wanted || verdict == admin_verdict::refused);
  }

  EXPECT_TRUE(
      support::eventually([&] { return verdict_of({"status"}) == admin_verdict::done; }, std::chrono::seconds{5}));
}

TEST_F(OperatorsRights, WhoWaitsIsToldThatTheServerLives) {
  start();
  guard->hold(access::reads);
  caf::scoped_actor self{*system, true};

  const auto waiting = say(self, admin_request{1, {"bans"}});
  guard->release(access::reads);

  EXPECT_EQ(static_cast<admin_verdict>(waiting.verdict), admin_verdict::progress);
  EXPECT_EQ(waiting.text, "{}");
  EXPECT_EQ(say(self, admin_more{1}).text, "[]");
}

} // namespace
} // namespace salond
