// A token was used up before the login that it was for began: who was kicked, or came while the database was away, was
// told to try again later, and then his token was wrong.
// Right: a token is used up by a login that begins, in the same transaction; and by one alone.
// Seen later: after 75 wrong tokens of a stranger, right ones from his address were refused for a minute, though nobody
// guesses one and none is hashed. Right: a right token is always heard. Wrong ones count with what is no command.
#include "tests/support/operators_node.hpp"

namespace salond {
namespace {

class RefusedTokens : public OperatorsNode {
protected:
  void SetUp() override {
    OperatorsNode::SetUp();
    add_user("zoë");
    settings.rate.logins_per_minute_per_address = 60;
    start();
    zoe_ = std::make_unique<client>(log_in("zoë"));
    zoe_->say("TOKEN");
    const auto told = zoe_->line();
    token_ = told.substr(6, told.rfind(':') - 6);
  }
  /// The first line of the answer.
  std::string resume() {
    auto back = connect();
    back.say("RESUME:" + token_);
    return back.line();
  }
  std::unique_ptr<client> zoe_; ///< stays, so that the end of her session is no write
  std::string token_;
};

TEST_F(RefusedTokens, AreGoodAfterAKick) {
  ASSERT_EQ(verdict_of({"kick", "zoë"}), admin_verdict::done);
  EXPECT_EQ(resume(), "Vous êtes banni. Réessayez dans quelques minutes.");
  ASSERT_EQ(verdict_of({"unban", "zoë"}), admin_verdict::done);
  EXPECT_EQ(resume(), "CONNECTED");
  EXPECT_EQ(resume(), "AUTH_FAILED") << "used up";
}

TEST_F(RefusedTokens, AreGoodWhenTheDatabaseComesBack) {
  guard->hold(access::writes);
  auto back = connect();
  back.say("RESUME:" + token_);
  ASSERT_TRUE(support::eventually([&] { return guard->held(access::writes) == 1; }));
  guard->fail_writes(persistence::store_error::kind::unavailable, 1);
  guard->release(access::writes);
  EXPECT_EQ(back.line(), "ERREUR: service momentanément indisponible, réessayez");
  EXPECT_EQ(resume(), "CONNECTED");
}

TEST_F(RefusedTokens, AreGoodForOneOfTwoWhoComeAtOnce) {
  guard->hold(access::writes);
  auto one = connect(), two = connect();
  one.say("RESUME:" + token_);
  two.say("RESUME:" + token_);
  ASSERT_TRUE(support::eventually([&] { return writes_waiting() >= 2; }));
  guard->release(access::writes);
  const std::vector<std::string> told{one.line(), two.line()};
  EXPECT_THAT(told, testing::UnorderedElementsAre("CONNECTED", "AUTH_FAILED"));
}

TEST_F(RefusedTokens, AreNoneBesideAStrangersWrongOnes) {
  for (int n = 0; n < 75; ++n) { // more than an address may try of passwords in a minute
    auto stranger = connect();
    stranger.say("RESUME:zz" + std::to_string(n));
    EXPECT_EQ(stranger.line(), "AUTH_FAILED") << n << ": else its client would try it again for ever";
  }
  EXPECT_EQ(resume(), "CONNECTED");
}

} // namespace
} // namespace salond
