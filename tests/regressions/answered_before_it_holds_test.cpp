// Answered before it holds. `salonctl salon rename A B` answered done when the database had it; the audience heard of
// it later, by way of the host. On a busy machine `MSG (B):x`, said at once, was told that there is no salon B. Now an
// operator's command is answered when all who must know of its effect work by it. Here the actors on that way are kept
// busy for longer than the answer took.
#include "tests/support/operators_node.hpp"

namespace salond {
namespace {

class AnsweredWhenItHolds : public OperatorsNode {
protected:
  /// The host has something to do for some tenths of a second.
  void keep_host_busy() {
    caf::anon_send(actors.host, forget_user{user_id{-1}, std::vector<salon_id>(8'000'000, salon_id{-1})});
  }
  /// The same for the directory, which stands between the ban registry and the relay.
  void keep_directory_busy() {
    for (int i = 0; i < 100'000; ++i)
      caf::anon_send(actors.directory, account_changed{user_id{-1}, "nobody", role::user});
  }
  std::string post(client& by, const std::string& salon) {
    by.say("MSG (" + salon + "):x");
    return by.line();
  }
};

TEST_F(AnsweredWhenItHolds, ASalonIsThereForWhoWritesToItNext) {
  start();
  auto zoe = add_user_and_log_in("zoë");
  keep_host_busy();
  ASSERT_EQ(verdict_of({"salon", "create", "Jardin", "--policy=open"}), admin_verdict::done);
  zoe.say("JOIN:Jardin");
  EXPECT_EQ(zoe.line(), "zoë a rejoint le salon Jardin.");

  keep_host_busy();
  ASSERT_EQ(verdict_of({"salon", "rename", "Jardin", "Parc"}), admin_verdict::done);
  EXPECT_EQ(post(zoe, "Parc"), "zoë dans le salon Parc: x");

  keep_host_busy();
  ASSERT_EQ(verdict_of({"salon", "archive", "Parc"}), admin_verdict::done);
  EXPECT_EQ(post(zoe, "Parc"), "ERREUR: le salon Parc n'existe pas");
}

TEST_F(AnsweredWhenItHolds, APolicyHoldsForWhoAsksNext) {
  start();
  auto zoe = add_user_and_log_in("zoë");

  keep_host_busy();
  ASSERT_EQ(verdict_of({"salon", "policy", "Marketing", "open"}), admin_verdict::done);
  zoe.say("JOIN:Marketing");

  EXPECT_EQ(zoe.line(), "zoë a rejoint le salon Marketing.");
}

TEST_F(AnsweredWhenItHolds, AnAccountMayWriteAtOnce) {
  settings.registration.mode = config::registration::policy::approval;
  start();
  {
    auto paul = connect();
    paul.say("INSCRIPTION:paul:paul:secret");
    ASSERT_EQ(paul.line(), "Inscription en attente d'approbation.");
  }

  keep_host_busy();
  ASSERT_EQ(verdict_of({"user", "add", "zoë"}, "secret\n"), admin_verdict::done);
  auto zoe = log_in("zoë");
  EXPECT_EQ(post(zoe, "Général"), "zoë dans le salon Général: x");
  keep_host_busy();
  ASSERT_EQ(verdict_of({"accept", "paul"}), admin_verdict::done);
  auto paul = log_in("paul");
  EXPECT_EQ(post(paul, "Général"), "paul dans le salon Général: x");
  keep_host_busy();
  ASSERT_EQ(verdict_of({"users", "import", "-"}, "username,password,salons\nluc,secret,Marketing\n"),
            admin_verdict::done);
  auto luc = log_in("luc");
  EXPECT_EQ(post(luc, "Marketing"), "luc dans le salon Marketing: x");
}

TEST_F(AnsweredWhenItHolds, ANameAndARoleHoldForWhatIsSaidNext) {
  add_user("luc", role::administrator);
  start();
  auto zoe = add_user_and_log_in("zoë");

  keep_directory_busy();
  ASSERT_EQ(verdict_of({"user", "rename", "zoë", "hiver"}), admin_verdict::done);
  EXPECT_EQ(post(zoe, "Général"), "hiver dans le salon Général: x");
  keep_directory_busy();
  ASSERT_EQ(verdict_of({"role", "hiver", "administrator"}), admin_verdict::done);
  zoe.say("BAN:nobody");
  EXPECT_EQ(zoe.line(), "ERREUR: utilisateur nobody inconnu");
  keep_directory_busy();
  ASSERT_EQ(verdict_of({"role", "hiver", "user"}), admin_verdict::done);
  zoe.say("BAN:nobody");
  EXPECT_EQ(zoe.line(), "ERREUR: droits insuffisants");
}

TEST_F(AnsweredWhenItHolds, WhoIsOutSaysNothingMore) {
  add_user("luc", role::administrator);
  start();
  for (const words& wording : {words{"kick", "zoë"}, words{"erase", "zoë"}, words{"ban", "zoë"}}) {
    auto zoe = add_user_and_log_in("zoë");
    keep_directory_busy();
    ASSERT_EQ(verdict_of(wording), admin_verdict::done) << wording[0];
    zoe.say("MSG (Général):too late, " + wording[0]);
    while (zoe.line_or_end()) {
    }
    EXPECT_FALSE(stored("too late, " + wording[0]));
    verdict_of({"unban", "zoë"});
    verdict_of({"erase", "zoë"});
  }
}

TEST_F(AnsweredWhenItHolds, WhomASessionBansSaysNothingMore) {
  add_user("luc", role::administrator);
  start();
  auto luc = log_in("luc");
  auto zoe = add_user_and_log_in("zoë");

  keep_directory_busy();
  luc.say("BAN:zoë");
  ASSERT_EQ(luc.line(), "zoë a été banni définitivement.");
  zoe.say("MSG (Général):too late");
  while (zoe.line_or_end()) {
  }

  EXPECT_FALSE(stored("too late"));
}

TEST_F(AnsweredWhenItHolds, AnAnnouncedStopLetsNobodyInAnyMore) {
  start();

  ASSERT_EQ(verdict_of({"kill", "20"}), admin_verdict::done);

  EXPECT_FALSE(connect().connected());
}

TEST_F(AnsweredWhenItHolds, ASalonThatIsOpenedAgainMissesNothing) {
  start();
  const auto general = salon_named("Général");
  guard->hold(access::writes); // what the salon is opened from is asked for, and then comes this
  kill(general);
  ASSERT_TRUE(support::eventually([&] { return guard->held(access::writes) == 1; }));
  caf::scoped_actor self{*system, true};
  ASSERT_EQ(static_cast<admin_verdict>(say(self, admin_request{1, {"user", "add", "zoë"}}).verdict),
            admin_verdict::input_wanted);
  auto made = self->request(caf::actor_cast<admin_actor>(actors_now().admin), support::deadline,
                            admin_input{1, "secret\n", true});
  ASSERT_TRUE(support::eventually([&] { return writes_waiting() == 2; }));
  guard->release(access::writes);
  made.receive([](const admin_answer&) {}, [](const caf::error& why) { ADD_FAILURE() << to_string(why); });
  auto zoe = log_in("zoë");

  EXPECT_TRUE(support::eventually([&] {
    zoe.say("MSG (Général):x");
    return zoe.line() == "zoë dans le salon Général: x";
  }));
}

} // namespace
} // namespace salond
