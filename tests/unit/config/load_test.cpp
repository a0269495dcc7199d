#include "config/load.hpp"
#include <fstream>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sstream>

namespace salond::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAre;

std::vector<std::string> faults_of(std::string_view text) {
  std::vector<std::string> out;
  for (const auto& each : load(text).faults)
    out.push_back(each.to_string());
  return out;
}

std::vector<std::string> places_of(const std::vector<complaint>& complaints) {
  std::vector<std::string> out;
  for (const auto& each : complaints)
    out.push_back(each.where);
  return out;
}

std::string shipped_text() {
  std::ifstream in(SHIPPED_CONFIGURATION);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(Load, OfTheShippedFileGivesTheDefaults) {
  const auto shipped = load(shipped_text());

  EXPECT_THAT(shipped.faults, IsEmpty());
  EXPECT_THAT(shipped.warnings, IsEmpty());
  EXPECT_EQ(to_json(shipped.values), to_json(settings{}));
}

TEST(Load, KnowsNoNameThatTheShippedFileDoesNotShow) {
  const auto text = shipped_text();
  const auto shown = nlohmann::json::parse(text, nullptr, true, true);
  const auto known = nlohmann::json::parse(to_json(settings{}));

  for (const auto& [section, value] : known.items()) {
    if (section == "db" || section == "state") { // their defaults depend on the user: shown in a comment
      EXPECT_THAT(text, HasSubstr("// \"" + section + "\": "));
      continue;
    }
    EXPECT_EQ(shown.value(section, nlohmann::json{}), value) << section;
  }
  EXPECT_THAT(text, HasSubstr("// \"db_password_file\": "));
  EXPECT_THAT(text, HasSubstr("// \"tls\": {\"certificate\": "));
  EXPECT_THAT(text, HasSubstr("// \"cluster\": {\"listen\": "));
}

TEST(Load, ReadsEveryName) {
  const auto read = load(R"({
    // a comment
    "listen": ["tcp://[::1]:1", "unix:/run/s"], "listen_clear_anywhere": true, "db": "mysql://u@h:3307/n", "db_password_file": "/p",
    "state": "/s",
    "unix": {"mode": "0640", "group": "chat"}, "tls": {"certificate": "/c", "key": "/k"},
    "passwords": {"memory_kib": 65536, "passes": 3, "threads": 4, "queue": 5},
    "limits": {"connections": 1, "connections_per_address": 2, "login_seconds": 3, "frame_bytes": 4, "unread_bytes": 5,
               "unsent_bytes": 6, "posts_in_flight": 7, "posts_in_flight_per_salon": 8},
    "rate": {"messages_per_second": 13, "burst": 14, "logins_per_minute_per_address": 15},
    "registration": {"policy": "approval", "per_hour_per_address": 16, "per_hour": 17},
    "requests": {"keep_offline": true}, "retention": {"salons_days": 18, "private_days": 19, "hours": "22:30-05:00"},
    "text": {"raw_after_ms": 9, "raw_gap_ms": 10, "pace_ms": 11},
    "stop": {"seconds": 12}, "log": {"level": "debug", "format": "json"}})");

  EXPECT_THAT(read.faults, IsEmpty());
  const auto& values = read.values;
  ASSERT_EQ(values.listen.size(), 2u);
  EXPECT_EQ(values.listen[0].to_string(), "tcp://[::1]:1");
  EXPECT_EQ(values.listen[1].to_string(), "unix:/run/s");
  EXPECT_TRUE(values.listen_clear_anywhere);
  EXPECT_EQ(to_string(values.db), "mysql://u@h:3307/n");
  EXPECT_EQ(read.db_password_file, "/p");
  EXPECT_EQ(values.state, "/s");
  EXPECT_EQ(values.unix_socket.mode, 0640u);
  EXPECT_EQ(values.unix_socket.group, "chat");
  EXPECT_EQ(values.tls.certificate, "/c");
  EXPECT_EQ(values.tls.key, "/k");
  EXPECT_EQ(values.passwords.memory_kib, 65536u);
  EXPECT_EQ(values.passwords.passes, 3u);
  EXPECT_EQ(values.passwords.threads, 4u);
  EXPECT_EQ(values.passwords.queue, 5u);
  EXPECT_EQ(values.limits.connections, 1u);
  EXPECT_EQ(values.limits.connections_per_address, 2u);
  EXPECT_EQ(values.limits.login_seconds, 3u);
  EXPECT_EQ(values.limits.frame_bytes, 4u);
  EXPECT_EQ(values.limits.unread_bytes, 5u);
  EXPECT_EQ(values.limits.unsent_bytes, 6u);
  EXPECT_EQ(values.limits.posts_in_flight, 7u);
  EXPECT_EQ(values.limits.posts_in_flight_per_salon, 8u);
  EXPECT_EQ(values.rate.messages_per_second, 13u);
  EXPECT_EQ(values.rate.burst, 14u);
  EXPECT_EQ(values.rate.logins_per_minute_per_address, 15u);
  EXPECT_EQ(values.registration.mode, registration::policy::approval);
  EXPECT_EQ(values.registration.per_hour_per_address, 16u);
  EXPECT_EQ(values.registration.per_hour, 17u);
  EXPECT_TRUE(values.requests.keep_offline);
  EXPECT_EQ(values.retention.salons_days, 18u);
  EXPECT_EQ(values.retention.private_days, 19u);
  EXPECT_EQ(values.retention.hours, (day_hours{22 * 60 + 30, 5 * 60}));
  EXPECT_EQ(values.text.raw_after.count(), 9);
  EXPECT_EQ(values.text.raw_gap.count(), 10);
  EXPECT_EQ(values.text.pace.count(), 11);
  EXPECT_EQ(values.stop.seconds, 12u);
  EXPECT_EQ(values.log.least, log::level::debug);
  EXPECT_EQ(values.log.style, log::format::json);
}

TEST(Load, FindsAllFaultsAndSaysWhereEachStands) {
  const auto read = load(R"({
    "listen": ["tcp://a", 5], "listen_clear_anywhere": 1, "db": "oracle:x", "db_password_file": "", "state": 1,
    "limit": {},
    "passwords": {"memory": 1, "passes": 0, "threads": "two", "queue": -1, "memory_kib": 99999999999999999999},
    "limits": {"connections": 1.5, "frame_bytes": 4294967296, "login_seconds": true, "unread_bytes": null},
    "rate": {"burst": -1, "messages": 1}, "registration": {"policy": "ajar"}, "requests": {"keep_offline": 1},
    "retention": {"salons_days": -1, "private_days": 36501, "hours": "25:00", "days": 1},
    "text": [], "stop": {"seconds": 0}, "log": {"level": "loud", "format": 1}})");

  EXPECT_THAT(places_of(read.faults),
              UnorderedElementsAre("listen[0]", "listen[1]", "listen_clear_anywhere", "db", "db_password_file", "state",
                                   "limit", "passwords.memory", "passwords.passes", "passwords.threads",
                                   "passwords.queue", "passwords.memory_kib", "limits.connections",
                                   "limits.frame_bytes", "limits.login_seconds", "limits.unread_bytes", "rate.burst",
                                   "rate.messages", "registration.policy", "requests.keep_offline",
                                   "retention.salons_days", "retention.private_days", "retention.hours",
                                   "retention.days", "text", "stop.seconds", "log.level", "log.format"));
}

TEST(Load, TakesTwoTimesOfADayThatDiffer) {
  for (const auto* hours : {"00:00-23:59", "23:59-00:00", "02:00-05:00", "19:07-08:30"}) {
    const auto read = load(std::string(R"({"retention": {"hours": ")") + hours + "\"}}");
    EXPECT_THAT(read.faults, IsEmpty()) << hours;
    ASSERT_TRUE(read.values.retention.hours) << hours;
    EXPECT_EQ(read.values.retention.hours->to_string(), hours);
  }
  EXPECT_EQ(load(R"({"retention": {"hours": ""}})").values.retention.hours, std::nullopt);
  for (const auto* wrong : {"25:00", "24:00-05:00", "02:00-05:60", "2:00-5:00", "02:00-02:00", "02:00–05:00", "02-05",
                            "02:00-05:00 ", "+2:00-05:00", "02:00 05:00", "night"})
    EXPECT_THAT(
        faults_of(std::string(R"({"retention": {"hours": ")") + wrong + "\"}}"),
        ElementsAre("retention.hours: must be \"\" (any hour) or two times of the machine's clock from 00:00 to "
                    "23:59 that differ, as \"02:00-05:00\""))
        << wrong;
  EXPECT_THAT(faults_of(R"({"retention": {"hours": 2, "salons_days": 1.5, "private_days": "7"}})"), testing::SizeIs(3));
}

TEST(Load, HoursMayGoOverMidnight) {
  const day_hours day{8 * 60, 18 * 60}, night{22 * 60, 5 * 60};

  EXPECT_FALSE(day.hold(8 * 60 - 1));
  EXPECT_TRUE(day.hold(8 * 60));
  EXPECT_FALSE(day.hold(18 * 60));
  EXPECT_TRUE(night.hold(22 * 60));
  EXPECT_TRUE(night.hold(0));
  EXPECT_FALSE(night.hold(5 * 60));
  EXPECT_FALSE(night.hold(12 * 60));
}

TEST(Load, SaysWhatToDo) {
  EXPECT_THAT(faults_of(R"({"limits": {"conections": 1}})"),
              ElementsAre("limits.conections: is no name that salond knows; correct it or remove it"));
  EXPECT_THAT(faults_of(R"({"stop": {"seconds": 0}})"), ElementsAre("stop.seconds: must be from 1 to 3600, is 0"));
  EXPECT_THAT(faults_of(R"({"tls": {"key": "/k"}})"),
              ElementsAre("tls.key: needs tls.certificate beside it, a PEM file too"));
  EXPECT_THAT(faults_of(R"({"tls": {"certificate": "/c"}})"),
              ElementsAre("tls.certificate: needs tls.key beside it, a PEM file too"));
  EXPECT_THAT(faults_of(R"({"listen": []})"), ElementsAre(HasSubstr("at least one address")));
  EXPECT_THAT(faults_of(R"({"listen": "tcp://a:1"})"), ElementsAre(HasSubstr("[\"tcp://127.0.0.1:5000\"]")));
  EXPECT_THAT(faults_of("[]"), ElementsAre(HasSubstr("must be one object")));
}

TEST(Load, RefusesANameThatStandsTwice) {
  EXPECT_THAT(faults_of(R"({"state": "/a", "stop": {"seconds": 1, "seconds": 2}, "state": "/b"})"),
              ElementsAre("stop.seconds: stands twice; remove one", "state: stands twice; remove one"));
  EXPECT_THAT(faults_of(R"({"listen": [{"a": 1, "a": 2}], "stop": {"seconds": 1}})"), Not(IsEmpty()));
}

TEST(Load, TellsTheLineOfASyntaxFaultButNotWhatStandsThere) {
  const auto faults = faults_of("{\n  \"db\": \"mysql://chat:s3cret@db/chat\n}");

  ASSERT_EQ(faults.size(), 1u);
  EXPECT_THAT(faults[0], HasSubstr("line 3"));
  EXPECT_THAT(faults[0], StartsWith("parse error"));
  EXPECT_THAT(faults[0], Not(HasSubstr("s3cret")));
  for (const auto* text : {"", "{", "{\"a\": tru}", "{} x", "\xFF", "{\"\xFF\": 1}", "{\"state\": \"/a\",}"})
    EXPECT_THAT(faults_of(text), Not(IsEmpty())) << text;
}

TEST(Load, TakesNoLimitForZeroButOnlyInLimits) {
  const auto read = load(R"({"limits": {"connections": 0, "login_seconds": 0, "frame_bytes": 0, "unread_bytes": 0,
                                        "unsent_bytes": 0, "posts_in_flight": 0, "posts_in_flight_per_salon": 0}})");

  EXPECT_THAT(read.faults, IsEmpty());
  EXPECT_THAT(read.warnings, IsEmpty());
  EXPECT_EQ(read.values.limits.frame_bytes, 0u);
  EXPECT_THAT(faults_of(R"({"passwords": {"queue": 0}})"), Not(IsEmpty()));
}

TEST(Load, WarnsOfCheapHashesAndTakesThem) {
  const auto read = load(R"({"passwords": {"memory_kib": 8, "passes": 1}})");

  EXPECT_THAT(read.faults, IsEmpty());
  EXPECT_THAT(places_of(read.warnings), ElementsAre("passwords.memory_kib", "passwords.passes"));
}

TEST(Load, WarnsWhenAFrameCouldNeverBeTakenIn) {
  EXPECT_THAT(places_of(load(R"({"limits": {"unread_bytes": 100}})").warnings), ElementsAre("limits.unread_bytes"));
  EXPECT_THAT(places_of(load(R"({"limits": {"frame_bytes": 0}})").warnings), ElementsAre("limits.unread_bytes"));
}

TEST(Load, ReadsBackWhatItWrites) {
  auto values = settings{};
  values.state = "/var/lib/l'été \"x\" \\ 🦊";
  values.db = sqlite_database{"/a"};
  values.log.least = log::level::error;
  values.text.pace = std::chrono::milliseconds{7};
  values.registration.mode = registration::policy::closed;
  values.requests.keep_offline = true;

  EXPECT_EQ(to_json(load(to_json(values)).values), to_json(values));
}

TEST(Load, WarnsOfFramesInWhichNobodyCanLogIn) {
  for (const auto* few : {"1", "20", "1599"})
    EXPECT_THAT(places_of(load(R"({"limits": {"frame_bytes": )" + std::string(few) + "}}").warnings),
                ElementsAre("limits.frame_bytes"));
  EXPECT_THAT(load(R"({"limits": {"frame_bytes": 1600}})").warnings, IsEmpty());
}

TEST(Load, WarnsOfPasswordsThatTakeSeconds) {
  EXPECT_THAT(places_of(load(R"({"passwords": {"memory_kib": 1048576, "passes": 3}})").warnings),
              ElementsAre("passwords.memory_kib"));
  EXPECT_THAT(load(R"({"passwords": {"memory_kib": 1048576, "passes": 2}})").warnings, IsEmpty());
}

// Texts that went out bare: a key with an escape reached terminal and journal as it was.
TEST(Complaint, HoldsNothingThatATerminalObeys) {
  const auto faults = load("{\"a\\nb\\u001b[31m\": 1}").faults;

  ASSERT_EQ(faults.size(), 1u);
  EXPECT_THAT(faults[0].to_string(), HasSubstr("a\\x0ab\\x1b[31m: is no name"));
}

} // namespace
} // namespace salond::config
