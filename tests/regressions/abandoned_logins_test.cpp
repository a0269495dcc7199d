// A password whose connection had ended was hashed all the same: 480 logins of nobody's accounts, from sixty addresses,
// were sent and their connections broken a second later. The server hashed for nobody for 5.4 s, and a right login from
// a new address waited 13.6 s.
// Right: who is gone before his turn leaves the queue, makes room for others, and has tried nothing. The same holds for
// the new password of who is gone.
#include "tests/support/node_fixture.hpp"

namespace salond {
namespace {

using support::eventually;

class AbandonedLogins : public NodeTest {
protected:
  AbandonedLogins() {
    add_user("zoë");
    settings.passwords.memory_kib = 65536;
    settings.passwords.passes = 24; // long enough for the others to come and go behind the first
    settings.passwords.threads = 1;
    settings.passwords.queue = 3;
  }
  size_t connections() {
    return on_io_thread([](audience& clients) { return clients.connections(); });
  }
  /// What comes of a question to the passwords: whether it was answered, or the fault.
  template <class Answer, class Question>
  static void ask(caf::scoped_actor& self, const passwords_actor& whom, Question question,
                  std::vector<std::string>& told) {
    self->request(whom, caf::infinite, std::move(question))
        .receive([&](const Answer&) { told.push_back("hashed"); },
                 [&](caf::error& why) { told.push_back(to_string(fault_of(why))); });
  }
};

TEST_F(AbandonedLogins, LeaveTheQueueAndMakeRoom) {
  start();
  auto first = connect();
  first.say("nobody:bad");
  for (int round = 0; round < 3; ++round) {
    std::vector<client> crowd;
    for (int n = 0; n < 3; ++n) {
      crowd.push_back(connect());
      crowd.back().say("nobody" + std::to_string(3 * round + n) + ":bad");
    }
    ASSERT_TRUE(eventually([&] { return connections() == 4; })) << round;
    for (auto& each : crowd)
      each.reset();
    ASSERT_TRUE(eventually([&] { return connections() == 1; })) << round;
  }

  auto zoe = log_in("zoë");
  EXPECT_EQ(first.line(), "AUTH_FAILED");
}

TEST_F(AbandonedLogins, AreNotHashedOnceTheyAreTakenBack) {
  start();
  caf::scoped_actor self{*system};
  const auto passwords = on_io_thread([](audience& clients) { return clients.services.passwords; });
  const auto gone = std::make_shared<pending_hash>(), wanted = std::make_shared<pending_hash>();
  ASSERT_TRUE(gone->take_back());
  std::vector<std::string> told;

  ask<verified_password>(self, passwords, verify_password{"", {"bad"}, rules::urgency::other, "192.0.2.1", gone}, told);
  ask<hashed_password>(self, passwords, hash_password{"new", rules::urgency::known, "192.0.2.1", gone}, told);
  ask<verified_password>(self, passwords, verify_password{"", {"bad"}, rules::urgency::other, "192.0.2.1", wanted},
                         told);

  EXPECT_THAT(told, testing::ElementsAre("busy", "busy", "hashed"));
  EXPECT_FALSE(wanted->take_back()) << "it was begun";
}

} // namespace
} // namespace salond
