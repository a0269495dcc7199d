#include "tests/support/pseudo_terminal.hpp"
#include "tests/support/process.hpp"
#include <csignal>
#include <cstdlib>
#include <poll.h>
#include <pty.h>
#include <stdexcept>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace salond::support {

pseudo_terminal::pseudo_terminal(const std::vector<std::string>& arguments) {
  std::vector<char*> words;
  for (const auto& one : arguments)
    words.push_back(const_cast<char*>(one.c_str()));
  words.push_back(nullptr);
  pid_ = ::forkpty(&terminal_, nullptr, nullptr, nullptr);
  if (pid_ < 0)
    throw std::runtime_error("there is no pseudo-terminal");
  if (pid_ == 0) {
    ::setenv("TERM", "dumb", 1);
    ::execv(words[0], words.data());
    ::_exit(127);
  }
}

pseudo_terminal::~pseudo_terminal() {
  if (!ended_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(terminal_);
}

void pseudo_terminal::type(const std::string& keys) {
  if (::write(terminal_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size()))
    throw std::runtime_error("the terminal takes no keys");
}

void pseudo_terminal::read_more() {
  pollfd one{terminal_, POLLIN, 0};
  char bytes[4096];
  if (::poll(&one, 1, 10) <= 0)
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
    return ::waitpid(pid_, &status, WUNTRACED | WNOHANG) == pid_;
  });
  if (!found)
    return std::nullopt;
  ended_ = !WIFSTOPPED(status);
  return status;
}

} // namespace salond::support
