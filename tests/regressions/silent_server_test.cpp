// A deadline that held only at the beginning: with the server frozen, `watch`, `log --follow` and the console waited
// for ever. Now each question to the server has one: silence is said after five seconds, and ends with status 3 after
// ten.
#include "tests/support/daemon.hpp"
#include <csignal>
#include <cstdio>
#include <gmock/gmock.h>

namespace salond::end_to_end {
namespace {

using testing::HasSubstr;

class SilentServer : public testing::Test {
protected:
  void SetUp() override { server_.start(); }
  void TearDown() override { server_.running().send(SIGCONT); }

  /// `salonctl` with these words; `before` is run by the shell and what it writes is the input.
  support::process salonctl(const std::string& words, const std::string& before = ":") {
    const auto line = "(" + before + ") | exec \"" SALONCTL_BINARY "\" --server=" + server_.admin()
                      + " --state=" + server_.state() + " " + words;
    return {{"/bin/bash", "-c", line + "; exit ${PIPESTATUS[1]}"}, {}, folder_ / "out", folder_ / "err"};
  }
  void says_so_and_ends(support::process& tool) {
    EXPECT_EQ(tool.wait(), 3);
    EXPECT_THAT(tool.errors(), HasSubstr("has not answered for 5 seconds; giving up after 10"));
    EXPECT_THAT(tool.errors(), HasSubstr("what was asked may be done or not"));
  }

  support::temporary_folder folder_;
  support::daemon server_;
};

TEST_F(SilentServer, EndsAWatch) {
  auto tool = salonctl("watch");
  ASSERT_TRUE(support::eventually([&] { return tool.output().find("connections=") != std::string::npos; }));

  server_.running().send(SIGSTOP);

  says_so_and_ends(tool);
}

TEST_F(SilentServer, EndsALogThatIsFollowed) {
  auto first = salonctl("announce hello");
  ASSERT_EQ(first.wait(), 0);
  auto tool = salonctl("log --follow");
  ASSERT_TRUE(support::eventually([&] { return tool.output().find("announce") != std::string::npos; }));

  server_.running().send(SIGSTOP);

  says_so_and_ends(tool);
}

TEST_F(SilentServer, EndsAConsole) {
  const std::string go = folder_ / "go";
  auto tool =
      salonctl("console", "echo status; while [ ! -e '" + go + "' ]; do sleep 0.1; done; echo status; echo status");
  ASSERT_TRUE(support::eventually([&] { return tool.output().find("version") != std::string::npos; }));

  server_.running().send(SIGSTOP);
  std::fclose(std::fopen(go.c_str(), "w"));

  says_so_and_ends(tool);
}

} // namespace
} // namespace salond::end_to_end
