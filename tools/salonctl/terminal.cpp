#include "tools/salonctl/terminal.hpp"
#include <cstdio>
#include <cstdlib>
#include <editline/readline.h>
#include <fcntl.h>
#include <iostream>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

namespace salonctl {
namespace {

/// Shows nothing of what is typed for as long as it lives.
class hidden_typing {
public:
  hidden_typing() {
    ::tcgetattr(STDIN_FILENO, &before_);
    auto now = before_;
    now.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    now.c_lflag |= ECHONL;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &now);
  }
  ~hidden_typing() { ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }
  hidden_typing(const hidden_typing&) = delete;
  hidden_typing& operator=(const hidden_typing&) = delete;

private:
  termios before_{};
};

std::optional<std::string> one_line() {
  std::string line;
  if (!std::getline(std::cin, line))
    return std::nullopt;
  return line;
}

std::optional<std::string> typed(const std::string& prompt) {
  std::cerr << prompt << std::flush;
  const hidden_typing hidden;
  return one_line();
}

} // namespace

std::optional<std::string> ask_password(const std::string& about) {
  if (!::isatty(STDIN_FILENO))
    return one_line();
  auto first = typed("Password for " + about + ": ");
  if (!first || first->empty())
    return std::nullopt;
  if (typed("Once more: ") == first)
    return first;
  std::cerr << "The two are not the same.\n";
  return std::nullopt;
}

line_reader::line_reader() : terminal_(::isatty(STDIN_FILENO) != 0) {
  if (!terminal_)
    return;
  ::using_history();
  if (const char* home = std::getenv("HOME"))
    history_ = std::string(home) + "/.local/state/salonctl_history";
  if (!history_.empty())
    ::read_history(history_.c_str());
}

line_reader::~line_reader() {
  if (!terminal_ || history_.empty())
    return;
  const auto old = ::umask(077); // names of users are nobody else's business
  ::write_history(history_.c_str());
  ::umask(old);
}

std::optional<std::string> line_reader::next() {
  if (!terminal_)
    return one_line();
  char* const line = ::readline("salond> ");
  if (!line)
    return std::nullopt;
  std::string text = line;
  std::free(line);
  if (!text.empty())
    ::add_history(text.c_str());
  return text;
}

} // namespace salonctl
