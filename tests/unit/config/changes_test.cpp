#include "config/changes.hpp"
#include "config/load.hpp"
#include <gmock/gmock.h>

namespace salond::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Changes, OfTheSameSettingsAreNone) {
  const auto found = compare(settings{}, settings{});

  EXPECT_THAT(found.taken_up, IsEmpty());
  EXPECT_THAT(found.needs_restart, IsEmpty());
}

TEST(Changes, AreTakenUpWhereARunningServerCan) {
  settings read;
  read.limits.connections = 7;
  read.rate.burst = 8;
  read.registration.mode = registration::policy::closed;
  read.text.pace = std::chrono::milliseconds{1};
  read.log.least = log::level::debug;
  read.log.style = log::format::json;
  read.stop.seconds = 3;
  read.retention = {30, 60, day_hours{120, 300}};
  read.tls = {"/c", "/k"};

  const auto found = compare(settings{}, read);

  EXPECT_THAT(found.taken_up,
              ElementsAre("limits.connections", "log.format", "log.level", "rate.burst", "registration.policy",
                          "retention.hours", "retention.private_days", "retention.salons_days", "stop.seconds",
                          "text.pace_ms", "tls.certificate", "tls.key"));
  EXPECT_THAT(found.needs_restart, IsEmpty());
  EXPECT_EQ(to_json(found.next), to_json(read));
}

TEST(Changes, WaitForARestartWhereItCannotAndAreNamed) {
  settings running, read;
  running.state = "/a";
  running.db = sqlite_database{"/a/db"};
  read.state = "/b";
  read.db = sqlite_database{"/b/db"};
  read.listen.push_back({endpoint::kind::tls, "127.0.0.1", 5002, {}});
  read.listen_clear_anywhere = true;
  read.admin.reset();
  read.passwords = {20000, 3, 4, 5};
  read.requests.keep_offline = true;
  read.limits.login_seconds = 1;

  const auto found = compare(running, read);

  EXPECT_THAT(found.taken_up, ElementsAre("limits.login_seconds"));
  EXPECT_THAT(found.needs_restart, ElementsAre("admin.listen", "db", "listen", "listen_clear_anywhere",
                                               "passwords.memory_kib", "passwords.passes", "passwords.queue",
                                               "passwords.threads", "requests.keep_offline", "state"));
  auto expected = running;
  expected.limits.login_seconds = 1;
  EXPECT_EQ(to_json(found.next), to_json(expected));
}

TEST(Changes, TellOfAnotherPasswordOfTheDatabaseAndNeverShowIt) {
  settings running, read;
  running.db = mysql_database{"u", "h", "n", 3306, {}, {}, "premier"};
  read.db = mysql_database{"u", "h", "n", 3306, {}, {}, "second"};

  const auto found = compare(running, read);

  EXPECT_THAT(found.needs_restart, ElementsAre("the database's password"));
}

} // namespace
} // namespace salond::config
