// A decision about a request to join waits for the user's next login, with requests.keep_offline.
// - It was told at each login of a client that said QUIT, or ended its input, together with its login (`printf
//   'zoë:secret' | nc -N` does): that it is told was noted behind what the client said next, and by then the connection
//   was hung up. Right: what is told is noted with it. Private messages always were.
// - It was told though it was true no more: `a rejoint le salon` to who was no member any more, `a été refusée` to who
//   had been made a member since. And an acceptance was forgotten where the salon was archived, and opened again.
//   Right: what contradicts what happened since is not told, and what still holds is.
#include "tests/support/operators_node.hpp"

namespace salond {
namespace {

using support::eventually;
using testing::ElementsAre;
using testing::IsEmpty;

class ToldDecisions : public OperatorsNode {
protected:
  void SetUp() override {
    OperatorsNode::SetUp();
    settings.requests.keep_offline = true;
    add_user("zoë");
    start();
    ask_to_join("Marketing");
  }

  void ask_to_join(const std::string& salon) {
    auto zoe = log_in("zoë");
    zoe.say("JOIN:" + salon);
    ASSERT_EQ(zoe.line(), "Demande d'adhésion au salon " + salon + " en attente.");
    zoe.say("QUIT");
    ASSERT_TRUE(zoe.ends());
    ASSERT_TRUE(eventually([&] { return status_of("zoë") == "disconnected"; }));
  }
  void done(const words& said) { ASSERT_EQ(verdict_of(said), admin_verdict::done) << said[0]; }
  /// What a login is told behind the lists, by a client that says QUIT with it.
  words told() {
    auto zoe = connect();
    zoe.say("zoë:secret\nQUIT");
    words result;
    while (auto line = zoe.line_or_end())
      result.push_back(*line);
    if (result.size() < 3) {
      ADD_FAILURE() << "not logged in";
      return result;
    }
    EXPECT_TRUE(eventually([&] { return status_of("zoë") == "disconnected"; }));
    result.erase(result.begin(), result.begin() + 3);
    return result;
  }

  const std::string accepted = "zoë a rejoint le salon Marketing.";
  const std::string refused = "Votre demande d'adhésion au salon Marketing a été refusée. Accès restreint";
};

TEST_F(ToldDecisions, AreToldOnceToWhoQuitsWithHisLogin) {
  done({"accept", "zoë", "Marketing"});

  EXPECT_THAT(told(), ElementsAre(accepted));
  EXPECT_TRUE(eventually([&] { return look_up("SELECT count(*) FROM notices") == "0"; }));
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(ToldDecisions, AreToldOnceToWhoEndsHisInputWithHisLogin) {
  done({"reject", "zoë", "Marketing"});

  auto zoe = connect();
  zoe.say("zoë:secret");
  zoe.end_output();
  while (zoe.line_or_end()) {
  }

  EXPECT_TRUE(eventually([&] { return look_up("SELECT count(*) FROM notices") == "0"; }));
}

// Behind a mailbox of more than one piece a decision comes with the last of them.
TEST_F(ToldDecisions, AreToldOnceBehindManyMessages) {
  add_user_and_log_in("paul");
  look_up("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) INSERT INTO private_messages"
          "(from_client_id, to_client_id, contenu, created_ms) SELECT a.client_id, b.client_id, hex(zeroblob(2000)), i"
          " FROM n JOIN clients a ON a.username = 'paul' JOIN clients b ON b.username = 'zoë'");
  ASSERT_EQ(look_up("SELECT count(*) FROM private_messages"), "60");
  done({"accept", "zoë", "Marketing"});

  const auto all = told();

  ASSERT_EQ(all.size(), 61u);
  EXPECT_EQ(all.back(), accepted);
  EXPECT_TRUE(eventually([&] { return look_up("SELECT count(*) FROM notices") == "0"; }));
}

TEST_F(ToldDecisions, AreNotToldToWhoIsNoMemberAnyMore) {
  done({"accept", "zoë", "Marketing"});
  done({"member", "remove", "zoë", "Marketing"});

  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(ToldDecisions, AreNotToldToWhoWasMadeAMemberSince) {
  done({"reject", "zoë", "Marketing"});
  done({"member", "add", "zoë", "Marketing"});

  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(ToldDecisions, AreToldWhereWhatCameSinceSaysTheSame) {
  done({"accept", "zoë", "Marketing"});
  done({"member", "add", "zoë", "Marketing"});

  EXPECT_THAT(told(), ElementsAre(accepted));

  done({"member", "remove", "zoë", "Marketing"});
  ask_to_join("Marketing");
  done({"reject", "zoë", "Marketing"});
  done({"member", "remove", "zoë", "Marketing"});

  EXPECT_THAT(told(), ElementsAre(refused));
}

TEST_F(ToldDecisions, WaitWhileTheirSalonIsArchived) {
  done({"accept", "zoë", "Marketing"});

  done({"salon", "archive", "Marketing"});
  EXPECT_THAT(told(), IsEmpty());

  done({"salon", "restore", "Marketing"});
  EXPECT_THAT(told(), ElementsAre(accepted));
}

} // namespace
} // namespace salond
