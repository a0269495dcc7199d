#include "tools/salonctl/terminal.hpp"
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <editline/readline.h>
#include <fcntl.h>
#include <iostream>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include <utility>

namespace salonctl {
namespace {

// --- typing that is not shown ---

// What ends or stops a program at a terminal; echo comes back before it does.
constexpr std::array<int, 5> ending_signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

// Read by the handlers, which may run on any thread: set before they are there.
termios shown_mode{}, hidden_mode{};
const char* prompt_text = "";

void handle(int signal, void (*handler)(int)) {
  struct sigaction how {};
  how.sa_handler = handler;
  sigemptyset(&how.sa_mask);
  how.sa_flags = SA_RESTART;
  ::sigaction(signal, &how, nullptr);
}

/// Echo comes back; then the signal does what it does.
void on_ending(int signal) {
  const auto error = errno;
  ::tcsetattr(STDIN_FILENO, TCSANOW, &shown_mode);
  handle(signal, SIG_DFL);
  sigset_t only_this;
  sigemptyset(&only_this);
  sigaddset(&only_this, signal);
  ::raise(signal);
  ::pthread_sigmask(SIG_UNBLOCK, &only_this, nullptr); // it is delivered here, and ends or stops us
  handle(signal, on_ending);                           // only after a stop, or where nobody could go on with us
  ::tcsetattr(STDIN_FILENO, TCSANOW, &hidden_mode);
  errno = error;
}

/// After a stop: in front again, nothing is shown, and it is asked anew.
void on_going_on(int) {
  const auto error = errno;
  ::tcsetattr(STDIN_FILENO, TCSANOW, &hidden_mode); // behind another program it stops us until we are in front
  if (::write(STDERR_FILENO, prompt_text, std::strlen(prompt_text)) < 0)
    errno = error;
  errno = error;
}

/// Shows nothing of what is typed for as long as it lives, and brings echo back when a signal ends or stops us.
class hidden_typing {
public:
  explicit hidden_typing(const std::string& prompt) : prompt_(prompt) {
    ::tcgetattr(STDIN_FILENO, &shown_mode);
    hidden_mode = shown_mode;
    hidden_mode.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    hidden_mode.c_lflag |= ECHONL;
    prompt_text = prompt_.c_str();
    for (size_t i = 0; i < ending_signals.size(); ++i) {
      ::sigaction(ending_signals[i], nullptr, &before_[i]);
      if (before_[i].sa_handler != SIG_IGN) // as with nohup
        handle(ending_signals[i], on_ending);
    }
    ::sigaction(SIGCONT, nullptr, &before_going_on_);
    handle(SIGCONT, on_going_on);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden_mode);
    std::cerr << prompt_ << std::flush;
  }
  ~hidden_typing() {
    ::sigaction(SIGCONT, &before_going_on_, nullptr);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown_mode);
    for (size_t i = 0; i < ending_signals.size(); ++i)
      ::sigaction(ending_signals[i], &before_[i], nullptr);
  }
  hidden_typing(const hidden_typing&) = delete;
  hidden_typing& operator=(const hidden_typing&) = delete;

private:
  std::string prompt_;
  std::array<struct sigaction, ending_signals.size()> before_{};
  struct sigaction before_going_on_ {};
};

// --- lines ---

/// A line, of which no more is kept than a byte above the bound. Nothing at the input's end.
std::optional<std::string> one_line() {
  std::string line;
  int next = std::cin.get();
  if (next == EOF)
    return std::nullopt;
  for (; next != EOF && next != '\n'; next = std::cin.get())
    if (line.size() <= most_line)
      line += static_cast<char>(next);
  return line;
}

std::optional<std::string> typed(const std::string& prompt) {
  const hidden_typing hidden(prompt);
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
  if (!terminal_) {
    auto line = one_line();
    if (line && std::exchange(first_, false) && line->compare(0, 3, "\xEF\xBB\xBF") == 0)
      line->erase(0, 3); // what some editors put in front of UTF-8
    return line;
  }
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
