// Ctrl-C, or Ctrl-Z, where `salonctl password zoe` asks for the password left the terminal without echo: what the
// person typed next was not to be seen. Now echo is back before the program ends or stops, whatever signal it is; when
// it goes on, nothing is shown again. The same of the console, whose line editor has the terminal in another mode.
#include "tests/support/daemon.hpp"
#include "tests/support/pseudo_terminal.hpp"
#include <csignal>
#include <gmock/gmock.h>
#include <sys/wait.h>

namespace salond::end_to_end {
namespace {

class TerminalEcho : public testing::Test {
protected:
  void SetUp() override { server_.start(); }
  std::vector<std::string> salonctl(const std::vector<std::string>& command) {
    std::vector<std::string> all{SALONCTL_BINARY, "--server=" + server_.admin(), "--state=" + server_.state()};
    all.insert(all.end(), command.begin(), command.end());
    return all;
  }

  support::daemon server_;
};

TEST_F(TerminalEcho, IsBackWhenASignalEndsTheQuestionForAPassword) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    support::pseudo_terminal at(salonctl({"password", "admin"}));
    ASSERT_TRUE(at.shows("Password for admin: "));
    ASSERT_FALSE(at.echoes());

    signal == SIGINT ? at.type("sec\x03") : static_cast<void>(::kill(at.pid(), signal));

    const auto status = at.changed();
    ASSERT_TRUE(status) << signal;
    EXPECT_TRUE(WIFSIGNALED(*status) && WTERMSIG(*status) == signal) << signal;
    EXPECT_TRUE(at.echoes()) << signal;
  }
}

TEST_F(TerminalEcho, IsBackWhileTheQuestionForAPasswordIsStopped) {
  support::pseudo_terminal at(salonctl({"password", "admin"}));
  ASSERT_TRUE(at.shows("Password for admin: "));
  for (int i = 0; i < 2; ++i) {
    at.type("typed in vain\x1a");
    const auto status = at.changed();
    ASSERT_TRUE(status && WIFSTOPPED(*status));
    EXPECT_TRUE(at.echoes());

    ::kill(at.pid(), SIGCONT);
    EXPECT_TRUE(at.shows("Password for admin: "));
    EXPECT_TRUE(support::eventually([&] { return !at.echoes(); }));
  }

  at.type("secret\n");
  EXPECT_TRUE(at.shows("Once more: "));
  at.type("secret\n");
  EXPECT_TRUE(at.shows("done"));
  const auto status = at.changed();
  ASSERT_TRUE(status);
  EXPECT_TRUE(WIFEXITED(*status) && WEXITSTATUS(*status) == 0);
  EXPECT_TRUE(at.echoes());
}

TEST_F(TerminalEcho, IsBackWhenTheConsoleEndsOrStops) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    support::pseudo_terminal at(salonctl({"console"}));
    ASSERT_TRUE(at.shows("salond> "));

    signal == SIGINT ? at.type("sta\x03") : static_cast<void>(::kill(at.pid(), signal));

    const auto status = at.changed();
    ASSERT_TRUE(status) << signal;
    EXPECT_FALSE(WIFSTOPPED(*status)) << signal;
    EXPECT_TRUE(at.echoes() && at.takes_lines()) << signal;
  }
  support::pseudo_terminal at(salonctl({"console"}));
  ASSERT_TRUE(at.shows("salond> "));
  at.type("\x1a");
  const auto stopped = at.changed();
  ASSERT_TRUE(stopped && WIFSTOPPED(*stopped));
  EXPECT_TRUE(at.echoes() && at.takes_lines());
  ::kill(at.pid(), SIGCONT);
  at.type("\nquit\n");
  const auto status = at.changed();
  ASSERT_TRUE(status);
  EXPECT_TRUE(WIFEXITED(*status) && WEXITSTATUS(*status) == 0);
}

} // namespace
} // namespace salond::end_to_end
