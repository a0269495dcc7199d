// salonctl as scripts use it.
// - `console <script` whose lines failed ended with status 0; and a byte order mark made its first line another word.
// - `announce` with 100,000 bytes ended with status 3 and a guess (was the certificate revoked?). Now whatever is too
// long
//   is told with its bound, before anything is sent.
// - `watch` and `log --follow` wrote a line a second into the server's log.
// - `log --follow --after=ID`, where nothing newer was there yet, and `log 0 --follow` told the whole audit log from
// its
//   first line half a second later. Now they tell what is new.
// - `cert issue`, ended by Ctrl-C, left a file of zero bytes in the way of the next one. Now a bundle has its name when
//   it is whole.
#include "tests/end_to_end/salonctl.hpp"
#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

namespace salond::end_to_end {
namespace {

using testing::HasSubstr;
using testing::Not;
using words = std::vector<std::string>;

class Scripts : public testing::Test {
protected:
  void SetUp() override { server_.start(); }
  support::daemon server_;
};

TEST_F(Scripts, AreToldWhatFailed) {
  const auto some = run_salonctl(server_, {"console"}, "status\ndance\nunban nobody\nsalons\n");
  EXPECT_EQ(some.status, 1);
  EXPECT_THAT(some.errors, HasSubstr("line 2: \"dance\" is no command"));
  EXPECT_THAT(some.errors, HasSubstr("line 3: "));
  EXPECT_THAT(some.errors, HasSubstr("2 commands failed"));
  EXPECT_THAT(some.output, HasSubstr("Blabla"));

  const auto with_input = run_salonctl(server_, {"console"}, "user add n7\nsecret\nbogus\n");
  EXPECT_EQ(with_input.status, 1);
  EXPECT_THAT(with_input.errors, HasSubstr("line 3: \"bogus\" is no command")) << "a password is a line, too";

  EXPECT_EQ(run_salonctl(server_, {"console"}, "dance\nquit\nsalons\n").status, 1);
  EXPECT_EQ(run_salonctl(server_, {"console"}, "status\n\n  # it's a comment\nsalons").status, 0);
  const auto marked = run_salonctl(server_, {"console"}, "\xEF\xBB\xBFsalons\r\nquit\r\n");
  EXPECT_EQ(marked.status, 0) << marked.errors;
  EXPECT_THAT(marked.output, HasSubstr("Blabla"));
}

TEST_F(Scripts, AreToldWhatIsTooLong) {
  const std::string longest(100'000, 'x');
  for (const words& command : {words{"announce", longest}, words{"announce", longest.substr(0, 49'200)},
                               words{"salon", "topic", "Blabla", longest}, words{"search", "Blabla", longest},
                               words{"kick", "zoe", "5", longest}, words{"user", longest},
                               words{"role", "zoe", "moderator", longest}, words{longest}, words{"backup", longest}}) {
    const auto one = run_salonctl(server_, command);
    EXPECT_EQ(one.status, 2) << command[0];
    EXPECT_LT(one.errors.size(), 400u);
  }
  EXPECT_THAT(run_salonctl(server_, {"announce", longest}).errors, HasSubstr("at most 49,152 bytes"));
  EXPECT_EQ(run_salonctl(server_, {"announce", longest.substr(0, 49'000)}).status, 0);
  EXPECT_EQ(run_salonctl(server_, {"console"}, "announce " + longest + "\n").status, 1);
  const auto password = run_salonctl(server_, {"password", "admin"}, longest + "\n");
  EXPECT_EQ(password.status, 2);
  EXPECT_THAT(password.errors, HasSubstr("at most 1,024 bytes"));
}

TEST_F(Scripts, WatchWithoutALineInTheLog) {
  support::temporary_folder folder;
  support::process watch({SALONCTL_BINARY, "--server=" + server_.admin(), "--state=" + server_.state(), "watch"}, {},
                         folder / "out", folder / "err");
  ASSERT_TRUE(support::eventually([&] { return watch.output().find("connections=") != std::string::npos; }));
  ASSERT_EQ(run_salonctl(server_, {"log", "--after=0"}).status, 0);
  ASSERT_EQ(run_salonctl(server_, {"status"}).status, 0);

  EXPECT_TRUE(server_.logs("command=status"));
  EXPECT_THAT(server_.log(), Not(HasSubstr("command=watch")));
  EXPECT_THAT(server_.log(), Not(HasSubstr("command=log")));
}

TEST_F(Scripts, ThatAreInterruptedLeaveNoHalfOfABundle) {
  const support::temporary_folder folder;
  const std::string fifo = folder / "lines";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const int writer = ::open(fifo.c_str(), O_RDWR | O_CLOEXEC);
  const auto say = [&](const std::string& line) {
    EXPECT_EQ(::write(writer, line.data(), line.size()), static_cast<ssize_t>(line.size()));
  };
  const words command{"/bin/sh",
                      "-c",
                      "cd '" + folder.path().string() + R"(' && exec "$0" "$@" <lines)",
                      SALONCTL_BINARY,
                      "--server=" + server_.admin(),
                      "--state=" + server_.state(),
                      "console"};
  support::process tool(command, {}, folder / "out", folder / "err");
  say("status\n");
  ASSERT_TRUE(support::eventually([&] { return tool.output().find("version") != std::string::npos; }));
  server_.running().send(SIGSTOP);
  say("cert issue ctrl\n");
  ASSERT_TRUE(support::eventually([&] { return tool.errors().find("has not answered") != std::string::npos; }));

  tool.send(SIGINT);
  tool.wait();
  server_.running().send(SIGCONT);

  EXPECT_FALSE(std::filesystem::exists(folder / "ctrl.pem"));
  EXPECT_EQ(run_salonctl(server_, {"--state=" + server_.state()}, {"cert", "issue", "ctrl"}, "", folder).status, 0);
  EXPECT_GT(std::filesystem::file_size(folder / "ctrl.pem"), 100u);
  ::close(writer);
}

TEST_F(Scripts, WithoutAHomeAreToldWhatToName) {
  const support::temporary_folder folder;
  words command{"/usr/bin/env",  "-u",    "HOME", "-u", "XDG_STATE_HOME", "-u", "STATE_DIRECTORY",
                SALONCTL_BINARY, "status"};
  if (::geteuid() == 0) // root has a folder of its own
    command.insert(command.begin(), {"setpriv", "--reuid=54321", "--clear-groups"});
  support::process tool(command, {}, folder / "out", folder / "err");

  EXPECT_EQ(tool.wait(), 2);
  EXPECT_THAT(tool.errors(), HasSubstr("--state=DIR"));
  EXPECT_THAT(tool.errors(), Not(HasSubstr("/tls/")));
}

// The line behind was run as a command: a password was shown in part, or did what it said.
TEST_F(Scripts, NeverTakeThePasswordBehindARefusedLineForACommand) {
  const auto input = "user add c7 --alais=x\nmy secret word\n"
                     "password paul extra\nkick zoe\n"
                     "password \"paul\nreload\n"
                     "user add\nlet me in\n"
                     "bogus\n";

  const auto said = run_salonctl(server_, {"console"}, input);

  EXPECT_EQ(said.status, 1);
  EXPECT_THAT(said.errors, HasSubstr("line 1: "));
  EXPECT_THAT(said.errors, HasSubstr("line 9: \"bogus\" is no command"));
  EXPECT_THAT(said.errors, HasSubstr("5 commands failed"));
  EXPECT_THAT(said.errors, Not(testing::ContainsRegex("line [2468]:|my|let")));
  EXPECT_EQ(said.output, "");
}

TEST_F(Scripts, FollowTheLogFromWhereTheySay) {
  ASSERT_EQ(run_salonctl(server_, {"announce", "old"}).status, 0);
  const auto last = answer_of(server_, {"log", "1"}).at(0).at("id").get<int64_t>();
  const support::temporary_folder folder;
  for (const words& wording :
       {words{"log", "--follow", "--after=" + std::to_string(last)}, words{"log", "0", "--follow"}}) {
    words command{SALONCTL_BINARY, "--server=" + server_.admin(), "--state=" + server_.state()};
    command.insert(command.end(), wording.begin(), wording.end());
    // One that tells the whole log says something before it is told of what is new: then both stand there.
    support::process follower(command, {}, folder / wording[1], folder / "err");
    int said = 0; // it may not have begun yet
    ASSERT_TRUE(support::eventually([&] {
      run_salonctl(server_, {"announce", "new " + std::to_string(++said)});
      return follower.output().find("new ") != std::string::npos;
    }));
    EXPECT_THAT(follower.output(), Not(HasSubstr("old")));
    follower.send(SIGTERM);
    follower.wait();
  }
}

TEST_F(Scripts, ThatAreInterruptedLeaveNothingOpen) {
  const support::temporary_folder folder;
  const std::string fifo = folder / "accounts"; // from which nothing comes
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const int writer = ::open(fifo.c_str(), O_RDWR | O_CLOEXEC);
  std::vector<std::unique_ptr<support::process>> tools;
  for (int i = 0; i < 17; ++i) // one more than an operator may have open
    tools.push_back(std::make_unique<support::process>(words{"/bin/sh", "-c", R"(exec "$0" "$@" <")" + fifo + "\"",
                                                             SALONCTL_BINARY, "--server=" + server_.admin(),
                                                             "--state=" + server_.state(), "users", "import", "-"},
                                                       words{}, folder / "out", folder / "err"));
  // Nothing is asked before one of them is refused: a question of ours would have a place, and one of them none.
  ASSERT_TRUE(support::eventually(
      [&] { return std::any_of(tools.begin(), tools.end(), [](auto& one) { return !one->running(); }); }));
  ASSERT_EQ(run_salonctl(server_, {"status"}).status, 1);

  for (auto& tool : tools)
    tool->send(SIGKILL);

  EXPECT_TRUE(
      support::eventually([&] { return run_salonctl(server_, {"status"}).status == 0; }, std::chrono::seconds{10}));
  ::close(writer);
}

} // namespace
} // namespace salond::end_to_end
