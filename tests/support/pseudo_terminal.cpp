#include "tests/support/pseudo_terminal.hpp"
#include "tests/support/process.hpp"
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace salond::support {
namespace {

/// Tells the test a number; false where it is gone.
bool tell(int report, int number) {
  return ::write(report, &number, sizeof number) == sizeof number;
}

/// What a shell is at a terminal: leads the session, and has the program in front. A program that led it itself could
/// not be stopped; and the terminal's modes would be reset as it ended, so that nobody saw how it left them.
[[noreturn]] void lead_session(const char* terminal, char* const* words, int report) {
  ::setsid();
  const int own = ::open(terminal, O_RDWR | O_CLOEXEC);
  ::ioctl(own, TIOCSCTTY, 0);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    ::dup2(own, standard);
  std::signal(SIGTTOU, SIG_IGN); // to put another program in front
  const auto program = ::fork();
  if (program == 0) {
    ::setpgid(0, 0);
    ::tcsetpgrp(STDIN_FILENO, ::getpid());
    // As from a shell, whatever the tests were started with: nohup has SIGHUP ignored, others SIGINT and SIGQUIT.
    for (const int each : {SIGTTOU, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP})
      std::signal(each, SIG_DFL);
    ::setenv("TERM", "dumb", 1);
    ::execv(words[0], words);
    ::_exit(127);
  }
  bool heard = tell(report, program);
  for (int status = 0; heard && ::waitpid(program, &status, WUNTRACED) == program;)
    heard = tell(report, status);
  for (;;)
    ::pause(); // until the test has seen all
}

} // namespace

pseudo_terminal::pseudo_terminal(const std::vector<std::string>& arguments) {
  std::vector<char*> words;
  for (const auto& word : arguments)
    words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  terminal_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  int ends[2];
  if (terminal_ < 0 || ::grantpt(terminal_) != 0 || ::unlockpt(terminal_) != 0 || ::pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error("there is no pseudo-terminal");
  const std::string name = ::ptsname(terminal_);
  leader_ = ::fork();
  if (leader_ < 0)
    throw std::runtime_error("cannot start a program at a pseudo-terminal");
  if (leader_ == 0)
    lead_session(name.c_str(), words.data(), ends[1]);
  ::close(ends[1]);
  report_ = ends[0];
  if (::read(report_, &pid_, sizeof pid_) != sizeof pid_)
    throw std::runtime_error("the program at a pseudo-terminal did not start");
}

pseudo_terminal::~pseudo_terminal() {
  if (!ended_)
    ::kill(pid_, SIGKILL);
  ::kill(leader_, SIGKILL);
  ::waitpid(leader_, nullptr, 0);
  ::close(report_);
  ::close(terminal_);
}

void pseudo_terminal::type(const std::string& keys) {
  if (::write(terminal_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size()))
    throw std::runtime_error("the terminal takes no keys");
}

void pseudo_terminal::read_more() {
  pollfd pollfd{terminal_, POLLIN, 0};
  char bytes[4096];
  if (::poll(&pollfd, 1, 10) <= 0)
    return;
  const auto got = ::read(terminal_, bytes, sizeof bytes);
  if (got > 0)
    screen_.append(bytes, static_cast<size_t>(got));
}

bool pseudo_terminal::shows(const std::string& text) {
  return eventually([&] {
    read_more();
    const auto at = screen_.find(text);
    if (at == std::string::npos)
      return false;
    screen_.erase(0, at + text.size()); // the next look is for what comes later
    return true;
  });
}

bool pseudo_terminal::echoes() const {
  termios mode{};
  return ::tcgetattr(terminal_, &mode) == 0 && (mode.c_lflag & ECHO) != 0;
}

bool pseudo_terminal::takes_lines() const {
  termios mode{};
  return ::tcgetattr(terminal_, &mode) == 0 && (mode.c_lflag & ICANON) != 0;
}

std::optional<int> pseudo_terminal::changed() {
  int status = 0;
  const bool found = eventually([&] {
    read_more(); // a terminal that is full holds up the program
    pollfd report{report_, POLLIN, 0};
    return ::poll(&report, 1, 0) == 1 && ::read(report_, &status, sizeof status) == sizeof status;
  });
  if (!found)
    return std::nullopt;
  ended_ = !WIFSTOPPED(status);
  return status;
}

} // namespace salond::support
