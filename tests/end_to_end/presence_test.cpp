// What the tables say of who is connected, on each kind of database.
#include "tests/end_to_end/databases.hpp"
#include "tests/support/line_client.hpp"

namespace salond::end_to_end {
namespace {

class Presence : public server_test {
protected:
  std::string one(const std::string& sql) { return db_->ask(server_, sql).at(0).at(0); }
  std::string status() { return one("SELECT status FROM clients WHERE username = 'zoë'"); }
  bool becomes(const std::string& state) {
    return support::eventually([&] { return status() == state; });
  }
  std::string requests() { return one("SELECT count(*) FROM join_requests"); }
};

TEST_P(Presence, LastsUntilTheLastConnectionEnds) {
  ASSERT_EQ(support::register_user(server_.endpoint(), "zoë"), "Inscription réussie!");
  EXPECT_EQ(status(), "disconnected");
  support::line_client first(server_.endpoint()), second(server_.endpoint());
  ASSERT_TRUE(first.log_in("zoë"));
  EXPECT_EQ(status(), "connected");
  ASSERT_TRUE(second.log_in("zoë"));

  first.say("QUIT");
  ASSERT_EQ(first.hear(), support::closed);
  ASSERT_TRUE(second.hears_nothing());
  EXPECT_EQ(status(), "connected");
  second.socket().close();

  EXPECT_TRUE(becomes("disconnected"));
  EXPECT_EQ(server_.stop(), 0);
}

TEST_P(Presence, IsNoneAfterAnOrderlyStopAndNoneAfterACrash) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");
  EXPECT_EQ(status(), "connected");
  EXPECT_EQ(server_.stop(), 0);
  EXPECT_EQ(status(), "disconnected");

  server_.start();
  support::line_client again(server_.endpoint());
  ASSERT_TRUE(again.log_in("zoë"));
  server_.kill();
  EXPECT_EQ(status(), "connected");
  server_.start();

  EXPECT_EQ(status(), "disconnected");
  EXPECT_EQ(server_.stop(), 0);
}

TEST_P(Presence, EndsTogetherWithThePendingRequests) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");
  support::line_client other(server_.endpoint());
  ASSERT_TRUE(other.log_in("zoë"));
  zoe.say("JOIN:Marketing");
  ASSERT_EQ(zoe.hear(), "Demande d'adhésion au salon Marketing en attente.");
  zoe.say("JOIN:Marketing");
  ASSERT_EQ(zoe.hear(), "Demande d'adhésion au salon Marketing en attente.");
  EXPECT_EQ(requests(), "1");

  zoe.socket().close();
  ASSERT_TRUE(other.hears_nothing());
  EXPECT_EQ(requests(), "1");
  other.socket().close();

  EXPECT_TRUE(becomes("disconnected"));
  EXPECT_EQ(requests(), "0");
  EXPECT_EQ(server_.stop(), 0);
}

// A client that has gone is not waited for as one is that was hung up on and stays (for five seconds).
TEST_P(Presence, EndsAtOnceWhenTheClientGoes) {
  auto stays = support::newcomer(server_.endpoint(), "marc");
  auto goes = support::newcomer(server_.endpoint(), "zoë");

  stays.say("QUIT");
  ASSERT_EQ(stays.hear(), support::closed);
  goes.socket().close();

  support::rows both;
  EXPECT_TRUE(support::eventually([&] {
    both =
        db_->ask(server_, "SELECT username, status FROM clients WHERE username IN ('marc', 'zoë') ORDER BY username");
    return both.at(1).at(1) == "disconnected";
  }));
  EXPECT_EQ(both.at(0).at(1), "connected");
  EXPECT_EQ(server_.stop(), 0);
}

TEST_P(Presence, APasswordIsKeptAsAHashAlone) {
  auto zoe = support::newcomer(server_.endpoint(), "zoë");

  EXPECT_EQ(one("SELECT password_hash FROM clients WHERE username = 'zoë'").rfind("$argon2id$", 0), 0u);
  EXPECT_EQ(one("SELECT count(*) FROM clients WHERE password_hash LIKE '%secret%'"), "0");
  EXPECT_EQ(server_.stop(), 0);
}

INSTANTIATE_TEST_SUITE_P(Databases, Presence, testing::ValuesIn(kinds()), name_of);

} // namespace
} // namespace salond::end_to_end
