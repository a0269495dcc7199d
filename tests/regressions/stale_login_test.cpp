// An operator's "done" did not hold for a login whose password was being hashed: name, role and password were read
// before the hash and kept behind it. Who was administrator when he said his password could ban for as long as his
// connection lasted, though his role had been taken away meanwhile; the password before a reset let in.
// Right: who comes in is who was proven; else he is told to try again, and is then judged as who he is now.
#include "actors/rules/password.hpp"
#include "tests/support/node_fixture.hpp"

namespace salond {
namespace {

class StaleLogin : public NodeTest {
protected:
  void SetUp() override {
    NodeTest::SetUp();
    add_user("zoë");
    start();
  }
  /// The first line of the answer to a login, or RESUME, in the middle of which `sql` is done.
  std::string answer_to(const std::string& said, const std::string& sql) {
    auto who = connect();
    guard->hold(access::writes);
    who.say(said);
    EXPECT_TRUE(support::eventually([&] { return guard->held(access::writes) == 1; }));
    EXPECT_EQ(look_up(sql + " RETURNING 'changed'"), "changed");
    guard->release(access::writes);
    return who.line();
  }
  /// As the replaced server stored it: SHA-256 of "secret".
  void store_outdated_hash() {
    ASSERT_EQ(look_up("UPDATE clients SET password_hash ="
                      " '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b' RETURNING 'changed'"),
              "changed");
  }
  std::string log_in_with(const std::string& frame) {
    auto who = connect();
    who.say(frame);
    return who.line();
  }

  static constexpr const char* try_again = "ERREUR: service momentanément indisponible, réessayez";
};

TEST_F(StaleLogin, ComesInWithNoRoleThatWasTakenAway) {
  EXPECT_EQ(answer_to("zoë:secret", "UPDATE clients SET role = 'administrator' WHERE username = 'zoë'"), try_again);
  EXPECT_EQ(log_in_with("zoë:secret"), "CONNECTED");
}

TEST_F(StaleLogin, ComesInWithNoOlderName) {
  EXPECT_EQ(answer_to("zoë:secret", "UPDATE clients SET username = 'anna', username_key = CAST('anna' AS BLOB)"
                                    " WHERE username = 'zoë'"),
            try_again);
  EXPECT_EQ(log_in_with("zoë:secret"), "AUTH_FAILED");
}

// Two logins of one account at once, as both devices come back behind a take-over: each has a better hash.
TEST_F(StaleLogin, ComesInThoughAnotherOfTheMomentReplacedAnOutdatedHash) {
  store_outdated_hash();
  auto first = connect(), second = connect();
  guard->hold(access::writes);
  first.say("zoë:secret");
  second.say("zoë:secret");
  ASSERT_TRUE(support::eventually([&] { return writes_waiting() == 4; })) << "each replaces the hash, and enters";
  guard->release(access::writes);

  EXPECT_EQ(first.line(), "CONNECTED");
  EXPECT_EQ(second.line(), "CONNECTED");
}

// Whoever had verified an outdated hash came in whatever hash stood there a moment later.
TEST_F(StaleLogin, ComesInWithNoOlderPasswordWhereItsHashWasOutdated) {
  store_outdated_hash();
  EXPECT_EQ(answer_to("zoë:secret", "UPDATE clients SET password_hash = '$argon2id$another' WHERE username = 'zoë'"),
            try_again);
  EXPECT_EQ(log_in_with("zoë:secret"), "AUTH_FAILED");
}

class StaleLoginAfterAChange : public StaleLogin {
protected:
  StaleLoginAfterAChange() { settings.passwords.passes = 2; }
};

// The same of each hash with other parameters, as after passwords.passes was changed, or of an imported one.
TEST_F(StaleLoginAfterAChange, ComesInWithNoOlderPassword) {
  const auto another = rules::hash_password("another", {8, 2});

  EXPECT_EQ(answer_to("zoë:secret", "UPDATE clients SET password_hash = '" + another + "' WHERE username = 'zoë'"),
            try_again);
  EXPECT_EQ(log_in_with("zoë:secret"), "AUTH_FAILED");
  EXPECT_EQ(log_in_with("zoë:another"), "CONNECTED");
}

TEST_F(StaleLogin, ComesInWithNoOlderPassword) {
  EXPECT_EQ(answer_to("zoë:secret", "UPDATE clients SET password_hash = 'none' WHERE username = 'zoë'"), try_again);
  EXPECT_EQ(log_in_with("zoë:secret"), "AUTH_FAILED");
}

TEST_F(StaleLogin, ComesInBehindABetterHashOfItsOwnPassword) {
  store_outdated_hash();
  EXPECT_EQ(log_in_with("zoë:secret"), "CONNECTED");
  EXPECT_EQ(look_up("SELECT substr(password_hash, 1, 9) FROM clients WHERE username = 'zoë'"), "$argon2id");
}

} // namespace
} // namespace salond
