// Where owners were was remembered by their names. Who registered a name that had become free (by erase, a ban and its
// end, or a new name for the old owner) had the other person's addresses for his own, and his own were not stored: the
// server took them for the other's, which it had stored that day. After a restart strangers could lock him out at home.
// Right: it is the account's; what goes with an account goes from memory too.
#include "actors/wall_clock.hpp"
#include "tests/support/operators_node.hpp"

namespace salond {
namespace {

class FreedNames : public OperatorsNode {
protected:
  void SetUp() override {
    OperatorsNode::SetUp();
    settings.registration.per_hour_per_address = 0;
    start();
    register_and_log_in();
    ASSERT_EQ(stored(), "1");
  }

  void register_and_log_in() {
    auto newcomer = connect();
    newcomer.say("INSCRIPTION:kay:kay" + std::to_string(++accounts_) + ":secret");
    ASSERT_EQ(newcomer.line(), "Inscription réussie!");
    log_in("kay");
  }
  /// How many addresses of who has the name are stored.
  std::string stored(const std::string& name = "kay") {
    return look_up("SELECT count(*) FROM known_addresses k JOIN clients c ON c.client_id = k.client_id"
                   " WHERE c.username = '"
                   + name + "'");
  }
  user_id account(const std::string& name = "kay") {
    return user_id{std::stoll(look_up("SELECT client_id FROM clients WHERE username = '" + name + "'"))};
  }
  /// Whether the server remembers that its owner was at this machine: not stored on another day than that.
  bool is_known(user_id who) {
    return on_io_thread([who, at = wall_clock() + std::chrono::hours{48}, now = system->clock().now()](
                            audience& clients) { return clients.allowed.is_to_be_stored(who, "127.0.0.1", now, at); });
  }

private:
  int accounts_ = 0;
};

TEST_F(FreedNames, BearNothingOfWhoWasErased) {
  const auto gone = account();
  EXPECT_TRUE(is_known(gone));

  ASSERT_EQ(verdict_of({"erase", "kay"}), admin_verdict::done);
  EXPECT_FALSE(is_known(gone));
  register_and_log_in();

  EXPECT_EQ(stored(), "1");
  EXPECT_TRUE(is_known(account()));
}

TEST_F(FreedNames, BearNothingOfWhoWasBanned) {
  const auto gone = account();

  ASSERT_EQ(verdict_of({"ban", "kay"}), admin_verdict::done);
  EXPECT_FALSE(is_known(gone));
  ASSERT_EQ(verdict_of({"unban", "kay"}), admin_verdict::done);
  register_and_log_in();

  EXPECT_EQ(stored(), "1");
}

TEST_F(FreedNames, StayWithWhoHasAnotherNow) {
  const auto first = account();

  ASSERT_EQ(verdict_of({"user", "rename", "kay", "kay2"}), admin_verdict::done);
  register_and_log_in();

  EXPECT_EQ(stored("kay2"), "1");
  EXPECT_EQ(stored(), "1");
  EXPECT_TRUE(is_known(first));
}

} // namespace
} // namespace salond
