#include "config/log.hpp"
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <thread>
#include <vector>

namespace salond::log {
namespace {

const std::string hostile_name = "l'été \"x\"; DROP TABLE -- \\ 🦊";

TEST(Log, LineIsTheLevelTheFactAndItsFields) {
  EXPECT_EQ(
      text_line(level::info, "user logged in",
                {{"user", "zoë"}, {"from", std::string("127.0.0.1:4242")}, {"tries", 2}, {"raw", true}, {"left", -1}}),
      "info user logged in user=\"zoë\" from=127.0.0.1:4242 tries=2 raw=true left=-1");
  EXPECT_EQ(text_line(level::error, "store lost", {}), "error store lost");
  EXPECT_EQ(text_line(level::debug, "n", {{"most", UINT64_MAX}}), "debug n most=18446744073709551615");
}

TEST(Log, ValueThatIsNotOnePlainWordStandsInQuotes) {
  EXPECT_EQ(text_line(level::info, "x", {{"user", hostile_name}}),
            "info x user=\"l'été \\\"x\\\"; DROP TABLE -- \\\\ 🦊\"");
  EXPECT_EQ(text_line(level::info, "x", {{"a", ""}, {"b", "c=d"}}), "info x a=\"\" b=\"c=d\"");
}

TEST(Log, ValueCanForgeNeitherALineNorAField) {
  EXPECT_EQ(text_line(level::info, "x", {{"user", "a\ninfo user banned user=zoe"}}),
            "info x user=\"a\\x0ainfo user banned user=zoe\"");
  EXPECT_EQ(text_line(level::info, "x", {{"user", "\" admin=\"yes\r\033[2J\x7F"}}),
            "info x user=\"\\\" admin=\\\"yes\\x0d\\x1b[2J\\x7f\"");
  EXPECT_EQ(text_line(level::info, "x", {{"a", "\xC2\x85\xE2\x80\xA8\xE2\x80\xAE"}}),
            "info x a=\"\\u0085\\u2028\\u202e\"");
  EXPECT_EQ(text_line(level::info, "x", {{"a", std::string("\0b", 2)}}), "info x a=\"\\x00b\"");
}

TEST(Log, BytesThatAreNoUtf8AreSpelledOut) {
  EXPECT_EQ(text_line(level::info, "x", {{"a", "\xFF\xC3"}}), "info x a=\"\\xff\\xc3\"");
  EXPECT_EQ(text_line(level::info, "x", {{"a", "\xC0\xAF\xED\xA0\x80"}}), "info x a=\"\\xc0\\xaf\\xed\\xa0\\x80\"");
}

TEST(Log, LongValueIsCut) {
  const auto line = text_line(level::info, "x", {{"a", std::string(100000, 'y')}});

  EXPECT_LT(line.size(), 1100u);
  EXPECT_THAT(line, testing::EndsWith("y...\""));
}

TEST(Log, JsonLineIsOneObjectInAscii) {
  const auto line =
      json_line(level::warning, "x", {{"user", hostile_name}, {"n", 3}, {"yes", false}, {"bad", "\xFF\n"}}, "T");

  EXPECT_EQ(
      line,
      "{\"time\":\"T\",\"level\":\"warning\",\"what\":\"x\",\"user\":\"l'\\u00e9t\\u00e9 \\\"x\\\"; DROP TABLE -- "
      "\\\\ \\ud83e\\udd8a\",\"n\":3,\"yes\":false,\"bad\":\"\\ufffd\\n\"}");
  EXPECT_EQ(nlohmann::json::parse(line)["user"], hostile_name);
}

TEST(Log, JsonFieldCannotReplaceTheLevel) {
  EXPECT_EQ(json_line(level::info, "x", {{"level", "error"}}, "T"),
            "{\"time\":\"T\",\"level\":\"info\",\"what\":\"x\"}");
}

TEST(Log, WritesFromTheLeastLevelOn) {
  start({level::warning, format::text});
  testing::internal::CaptureStderr();

  info("quiet", {{"a", 1}});
  warning("loud", {{"a", 1}});
  ASSERT_TRUE(flush());
  const auto written = testing::internal::GetCapturedStderr();
  start({});

  EXPECT_EQ(written, "warning loud a=1\n");
}

TEST(Log, LinesOfManyThreadsStayWhole) {
  testing::internal::CaptureStderr();

  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([] {
      for (int k = 0; k < 200; ++k)
        error("one fact", {{"filler", std::string(200, 'z')}});
    });
  for (auto& each : threads)
    each.join();
  ASSERT_TRUE(flush());
  const auto written = testing::internal::GetCapturedStderr();

  const auto line = "error one fact filler=" + std::string(200, 'z') + "\n";
  std::string expected;
  for (int i = 0; i < 800; ++i)
    expected += line;
  EXPECT_TRUE(written == expected);
}

/// Says where standard error goes, as systemd does, logs, and ends.
[[noreturn]] void log_under_systemd(const char* suffix) {
  struct stat status {};
  fstat(STDERR_FILENO, &status);
  const auto stream = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) + suffix;
  setenv("JOURNAL_STREAM", stream.c_str(), 1);
  warning("x", {{"a", 1}});
  std::exit(0);
}

TEST(LogDeathTest, LineBeginsWithItsPriorityOnlyWhereTheJournalReadsIt) {
  GTEST_FLAG_SET(death_test_style, "threadsafe"); // a process of its own: where it logs to is looked up once

  EXPECT_EXIT(log_under_systemd(""), testing::ExitedWithCode(0), "^<4>warning x a=1\n$");
  EXPECT_EXIT(log_under_systemd("0"), testing::ExitedWithCode(0), "^warning x a=1\n$"); // redirected elsewhere
}

} // namespace
} // namespace salond::log
