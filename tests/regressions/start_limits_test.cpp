// What a person must mend ended a start after a minute of "the database cannot be reached", and a user with too few
// connections got `ready` and an unhandled exception. Now both end it at once, with the sentence that helps.
#include "config/load.hpp"
#include "tests/end_to_end/databases.hpp"
#include "tests/support/mariadb.hpp"
#include <gmock/gmock.h>

namespace salond::end_to_end {
namespace {

using support::mariadb_server;
using testing::HasSubstr;
using testing::Not;

class StartsMariadb : public testing::Test {
protected:
  void SetUp() override {
    SALOND_NEEDS(kinds().at(1));
    where_ = server().new_database();
    where_.user = "start" + std::to_string(++users_);
    on_account("CREATE USER", "");
    server().run("mysql", {"GRANT ALL ON `" + where_.name + "`.* TO " + where_.user + "@localhost"});
    server_.options.db = config::to_string(where_);
  }
  static mariadb_server& server() { return mariadb_server::shared(); }
  void on_account(const std::string& verb, const std::string& options) {
    server().run("mysql", {verb + " " + where_.user + "@localhost " + options});
  }
  static inline int users_ = 0;
  config::mysql_database where_;
  support::daemon server_;
};

TEST_F(StartsMariadb, EndAtOnceAndNameTheLimitWhereAUserMayHaveTooFewConnections) {
  on_account("ALTER USER", "WITH MAX_USER_CONNECTIONS 2");
  server_.launch();

  EXPECT_EQ(server_.running().wait(), 1);
  EXPECT_THAT(server_.log(), HasSubstr("salond needs 4: ALTER USER"));
  EXPECT_THAT(server_.running().output(), Not(HasSubstr("ready")));
}

TEST_F(StartsMariadb, EndAtOnceWhereAPersonMustHelp) {
  server().run("mysql", {"REVOKE ALL ON `" + where_.name + "`.* FROM " + where_.user + "@localhost",
                         "GRANT SELECT ON `" + where_.name + "`.* TO " + where_.user + "@localhost"});
  const auto begin = std::chrono::steady_clock::now();
  server_.launch();

  EXPECT_EQ(server_.running().wait(), 1);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{20});
  EXPECT_THAT(server_.log(), HasSubstr("GRANT ALL ON"));
}

// A text that began with "warning:" was logged as information, and not at all where the configuration asks for
// warnings. (The server of the tests commits without waiting for its disk.)
TEST_F(StartsMariadb, WarnOfCommitsThatMayBeLost) {
  server_.options.settings = {{"log", {{"level", "warning"}}}};
  server_.launch();

  EXPECT_TRUE(server_.ready()) << server_.log();
  EXPECT_TRUE(server_.logs("warning the database may lose commits in a power cut"));
  EXPECT_THAT(server_.log(), Not(HasSubstr("info ")));
  EXPECT_EQ(server_.stop(), 0);
}

} // namespace
} // namespace salond::end_to_end
