// A registration whose connection had ended was hashed all the same, and counted: twenty broken connections from each
// of sixty addresses made that nobody anywhere could register for an hour, and held up who tried for half a minute.
// Right: who is gone before his turn leaves the queue, and counts neither for his address nor for all together. What a
// thread has begun to hash counts, and goes on to an account. Where the store makes none of it (its alias is taken, the
// database is away), it does not count either: three refused aliases kept an address out for an hour.
#include "actors/pending_hash.hpp"
#include "tests/support/node_fixture.hpp"

namespace salond {
namespace {

using support::eventually;

constexpr const char* made = "Inscription réussie!";

class AbandonedRegistrations : public NodeTest {
protected:
  size_t connections() {
    return on_io_thread([](audience& clients) { return clients.connections(); });
  }
  client register_as(const std::string& name) {
    auto who = connect();
    who.say("INSCRIPTION:" + name + ":" + name + ":secret");
    return who;
  }
  /// Whether the hour's accounts are all taken.
  bool none_is_left() {
    return on_io_thread([now = system->clock().now()](audience& clients) {
      const auto stranger = admission::newcomer::stranger;
      const auto refused = clients.allowed.refuses_registration("127.0.0.1", stranger, now).has_value();
      if (!refused)
        clients.allowed.give_registration_back("127.0.0.1");
      return refused;
    });
  }
  std::string accounts_like(const std::string& pattern) {
    return look_up("SELECT count(*) FROM clients WHERE username LIKE '" + pattern + "'");
  }
};

TEST_F(AbandonedRegistrations, LeaveTheQueueAndAreGivenBack) {
  settings.passwords.memory_kib = 65536;
  settings.passwords.passes = 24; // long enough for the others to come and go behind the first
  settings.passwords.threads = 1;
  settings.registration.per_hour_per_address = 4;
  settings.registration.per_hour = 4;
  start();
  auto first = register_as("first");
  for (int round = 0; round < 2; ++round) {
    std::vector<client> crowd;
    for (int n = 0; n < 3; ++n)
      crowd.push_back(register_as("gone" + std::to_string(3 * round + n)));
    ASSERT_TRUE(eventually([&] { return none_is_left(); })) << round;
    for (auto& each : crowd)
      each.reset();
    ASSERT_TRUE(eventually([&] { return connections() == 1; })) << round;
  }
  auto second = register_as("second");

  EXPECT_EQ(first.line(), made);
  EXPECT_EQ(second.line(), made);
  EXPECT_EQ(accounts_like("gone%"), "0");
}

TEST_F(AbandonedRegistrations, AreMadeAllTheSameOnceTheyWereBegun) {
  start();
  const auto begun = std::make_shared<pending_hash>();
  caf::anon_send(actors.relay, wished_account{connection_id{4711}, "", {"zoë", "z", {}}, "secret", "", begun});

  EXPECT_TRUE(eventually([&] { return accounts_like("zoë") == "1"; })) << "though there is no such connection";
  EXPECT_FALSE(begun->take_back());
}

TEST_F(AbandonedRegistrations, AreNotMadeWhenTheyWereTakenBackOnTheWay) {
  start();
  const auto gone = std::make_shared<pending_hash>();
  ASSERT_TRUE(gone->take_back());
  caf::anon_send(actors.relay, wished_account{connection_id{4711}, "", {"zoë", "z", {}}, "secret", "", gone});
  auto other = register_as("paul");

  EXPECT_EQ(other.line(), made);
  EXPECT_EQ(accounts_like("zoë"), "0");
}

TEST_F(AbandonedRegistrations, DoNotCountWhereTheStoreRefusesThem) {
  settings.registration.per_hour_per_address = 2;
  settings.registration.per_hour = 2;
  start();
  EXPECT_EQ(register_as("zoë").line(), made);
  for (int n = 0; n < 3; ++n) {
    auto who = connect();
    who.say("INSCRIPTION:other" + std::to_string(n) + ":zoë:secret");
    EXPECT_EQ(who.line(), "Alias déjà utilisé. Choisissez un autre.") << n;
  }
  guard->fail_writes(persistence::store_error::kind::unavailable, 1);
  EXPECT_EQ(register_as("failed").line(),
            "Erreur lors de l'inscription : service momentanément indisponible, réessayez");

  EXPECT_EQ(register_as("paul").line(), made);
  EXPECT_EQ(register_as("anna").line(), "Erreur lors de l'inscription : trop de tentatives, réessayez plus tard");
}

} // namespace
} // namespace salond
