#include "tools/salonctl/terminal.hpp"
#include "tools/salonctl/show.hpp"
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <editline/readline.h>
#include <fcntl.h>
#include <iostream>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include <utility>

namespace salonctl {
namespace {

// --- a terminal whose mode we change ---

// What ends or stops a program at a terminal; the terminal is as it was before it does.
constexpr std::array<int, 5> ending_signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

// Read by the handlers, which run on the main thread: set before they are there.
termios mode_before{};
void (*show_again)() = nullptr;

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  ::sigaction(signal, &action, nullptr);
}

/// The mode of before comes back; then the signal does what it does.
void on_ending(int signal) {
  const auto error = errno;
  termios own_mode{};
  ::tcgetattr(STDIN_FILENO, &own_mode);
  ::tcsetattr(STDIN_FILENO, TCSANOW, &mode_before);
  handle(signal, SIG_DFL);
  sigset_t only_this;
  sigemptyset(&only_this);
  sigaddset(&only_this, signal);
  ::raise(signal);
  ::pthread_sigmask(SIG_UNBLOCK, &only_this, nullptr); // it is delivered here, and ends or stops us
  handle(signal, on_ending);                           // only after a stop, or where nobody could go on with us
  ::tcsetattr(STDIN_FILENO, TCSANOW, &own_mode);
  errno = error;
}

/// Here on_ending is in the middle of a stop; the next one may come as soon as something is shown.
void on_going_on(int) {
  const auto error = errno;
  struct sigaction stopping {};
  ::sigaction(SIGTSTP, nullptr, &stopping);
  if (stopping.sa_handler == SIG_DFL)
    handle(SIGTSTP, on_ending);
  show_again();
  errno = error;
}

/// For as long as it lives, the terminal gets back the mode that it has now before a signal ends or stops us. We
/// handle the signals ourselves in the console too: libedit has moments between a change of the mode and its note of
/// it.
class mode_keeper {
public:
  /// `again` shows what is asked once more after a stop; a handler of signals may call it.
  explicit mode_keeper(void (*again)()) {
    ::tcgetattr(STDIN_FILENO, &mode_before);
    show_again = again;
    for (size_t i = 0; i < ending_signals.size(); ++i) {
      ::sigaction(ending_signals[i], nullptr, &before_[i]);
      if (before_[i].sa_handler != SIG_IGN) // as with nohup
        handle(ending_signals[i], on_ending);
    }
    ::sigaction(SIGCONT, nullptr, &before_going_on_);
    handle(SIGCONT, on_going_on);
  }
  ~mode_keeper() {
    ::sigaction(SIGCONT, &before_going_on_, nullptr);
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &mode_before);
    for (size_t i = 0; i < ending_signals.size(); ++i)
      ::sigaction(ending_signals[i], &before_[i], nullptr);
  }
  mode_keeper(const mode_keeper&) = delete;
  mode_keeper& operator=(const mode_keeper&) = delete;

private:
  std::array<struct sigaction, ending_signals.size()> before_{};
  struct sigaction before_going_on_ {};
};

// --- typing that is not shown ---

// For the handlers: set before they are there.
termios hidden_mode{};
const char* prompt_text = "";

/// In front again, nothing is shown, and it is asked anew.
void ask_hidden_again() {
  ::tcsetattr(STDIN_FILENO, TCSANOW, &hidden_mode); // behind another program it stops us until we are in front
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, prompt_text, std::strlen(prompt_text));
}

/// Shows nothing of what is typed for as long as it lives.
class hidden_typing {
public:
  explicit hidden_typing(const std::string& prompt) : prompt_(prompt) {
    ::tcgetattr(STDIN_FILENO, &hidden_mode);
    hidden_mode.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    hidden_mode.c_lflag |= ECHONL;
    prompt_text = prompt_.c_str();
    keeper_.emplace(ask_hidden_again);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden_mode);
    std::cerr << prompt_ << std::flush;
  }

private:
  std::string prompt_;
  std::optional<mode_keeper> keeper_;
};

// --- lines ---

size_t lines_of_input = 0; // that were read so far, from whatever standard input is

/// A line, of which no more is kept than a byte above the bound. Nothing at the input's end.
std::optional<std::string> one_line() {
  std::string line;
  int next = std::cin.get();
  if (next == EOF)
    return std::nullopt;
  ++lines_of_input;
  for (; next != EOF && next != '\n'; next = std::cin.get())
    if (line.size() <= max_line)
      line += static_cast<char>(next);
  return line;
}

std::optional<std::string> typed(const std::string& prompt) {
  const hidden_typing hidden(prompt);
  return one_line();
}

} // namespace

threads_without_signals::threads_without_signals() {
  sigset_t all;
  sigemptyset(&all);
  for (const int signal : ending_signals)
    sigaddset(&all, signal);
  for (const int signal : {SIGCONT, SIGWINCH})
    sigaddset(&all, signal);
  ::pthread_sigmask(SIG_BLOCK, &all, &before_);
}

threads_without_signals::~threads_without_signals() {
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

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

bool confirm(const std::string& question) {
  if (!::isatty(STDIN_FILENO) || !::isatty(STDERR_FILENO))
    return true;
  std::cerr << question << " [y/N] " << std::flush;
  const auto answer = one_line();
  return answer && (*answer == "y" || *answer == "Y" || *answer == "yes");
}

bool shows_colours() {
  const auto* no = std::getenv("NO_COLOR");
  return (!no || *no == '\0') && std::getenv("TERM") && can_redraw(STDOUT_FILENO);
}

bool can_redraw(int descriptor) {
  const auto* kind = std::getenv("TERM");
  return !(kind && std::string_view{kind} == "dumb") && ::isatty(descriptor) != 0;
}

void redrawn_line::show(const std::string& text) {
  if (!can_redraw(STDERR_FILENO))
    return;
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  std::cerr << "\r\x1b[K" << cut_to_columns(text, known ? size_t{size.ws_col} - 1 : 79) << std::flush;
  shown_ = true;
}

void redrawn_line::take_back() {
  if (std::exchange(shown_, false))
    std::cerr << "\r\x1b[K" << std::flush;
}

line_reader::line_reader() : terminal_(::isatty(STDIN_FILENO) != 0) {
  if (!terminal_)
    return;
  rl_catch_signals = 0; // mode_keeper does
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

size_t line_reader::number() const {
  return lines_of_input;
}

std::optional<std::string> line_reader::next() {
  if (!terminal_) {
    auto line = one_line();
    if (line && std::exchange(first_, false) && line->compare(0, 3, "\xEF\xBB\xBF") == 0)
      line->erase(0, 3); // what some editors put in front of UTF-8
    return line;
  }
  char* line = nullptr;
  {
    const mode_keeper keeper([] { ::rl_forced_update_display(); });
    line = ::readline("salond> ");
  }
  if (!line)
    return std::nullopt;
  std::string text = line;
  std::free(line);
  if (!text.empty())
    ::add_history(text.c_str());
  return text;
}

} // namespace salonctl
