// With a MariaDB user of MAX_USER_CONNECTIONS 2 salond said `ready`, and then ended with CAF's "unhandled exception":
// the connections that read were opened later than the one that writes. Now all of them are opened at the start, which
// tells what limit is in the way and tries again; and a limit that is reached later is an outage like any other.
#include "tests/support/mariadb_fixture.hpp"
#include "tests/support/stores.hpp"

namespace salond {

using persistence::store_error;
using testing::HasSubstr;

class ConnectionLimitsMariadb : public support::mariadb_fixture {
protected:
  /// A database for a user who has so many connections.
  config::mysql_database limited_to(int connections) {
    static int number = 0;
    auto where = server().new_database();
    where.user = "limited" + std::to_string(++number);
    server().run("mysql", {"CREATE USER " + where.user + "@localhost",
                           "GRANT ALL ON `" + where.name + "`.* TO " + where.user + "@localhost"});
    limit(where, connections);
    return where;
  }
  void limit(const config::mysql_database& where, int connections) {
    server().run("mysql",
                 {"ALTER USER " + where.user + "@localhost WITH MAX_USER_CONNECTIONS " + std::to_string(connections)});
  }
};

TEST_F(ConnectionLimitsMariadb, AreNamedByAStart) {
  for (const int connections : {1, 2}) {
    const auto where = limited_to(connections);
    try {
      open(where);
      FAIL() << "opened with " << connections;
    } catch (const store_error& why) {
      EXPECT_EQ(why.what_kind(), store_error::kind::setup) << "no new try helps";
      EXPECT_THAT(why.what(), HasSubstr("MAX_USER_CONNECTIONS"));
    }
    limit(where, 10);
    EXPECT_TRUE(open(where));
  }
}

TEST_F(ConnectionLimitsMariadb, AreAnOutageLaterAndNothingElse) {
  const auto where = limited_to(10);
  const auto db = open(where);
  const auto first = db->reader(), second = db->reader();
  ASSERT_TRUE(first && second);
  limit(where, 1);
  const auto root = server().as_root();
  for (const auto& row :
       support::ask_mysql(root, "SELECT id FROM information_schema.processlist WHERE user = '" + where.user + "'"))
    support::execute_mysql(root, "KILL " + row[0]);

  int unavailable = 0;
  for (auto* store : {db.get(), first.get(), second.get()})
    try {
      store->read([&](const auto& db) { db.salons.all(); });
    } catch (const store_error& why) {
      EXPECT_EQ(why.what_kind(), store_error::kind::unavailable);
      EXPECT_THAT(why.what(), HasSubstr("MAX_USER_CONNECTIONS"));
      ++unavailable;
    }
  EXPECT_EQ(unavailable, 2);
  limit(where, 10);
  for (auto* store : {db.get(), first.get(), second.get()})
    EXPECT_NO_THROW(store->read([&](const auto& db) { db.salons.all(); }));
}

} // namespace salond
