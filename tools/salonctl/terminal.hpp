// What only a terminal has: passwords that are not shown, lines that can be edited.
#pragma once
#include <csignal>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace salonctl {

/// Bytes of a line that are kept; a longer one has one more, so that it is known for one.
constexpr size_t max_line = 64 << 10;

/// A thread that starts while this lives never gets a signal that ends or stops the program, or lets it go on: the
/// main thread does, which alone changes the terminal's mode. On another thread, bringing echo back could fall between
/// two steps of the main thread, which then hid what is typed once more, for good.
class threads_without_signals {
public:
  threads_without_signals();
  ~threads_without_signals();
  threads_without_signals(const threads_without_signals&) = delete;
  threads_without_signals& operator=(const threads_without_signals&) = delete;

private:
  sigset_t before_;
};

/// Asks for a password, twice where a person types it, without showing it; from a pipe: its first line.
/// Nothing at the input's end, or when the two differ.
std::optional<std::string> ask_password(const std::string& about);

/// Asks whether to do it, where a person is there to be asked; else it is so.
bool confirm(const std::string& question);

/// Whether what is printed may have colours: on a terminal that knows them, and where NO_COLOR is not set.
bool shows_colours();

/// Whether what stands on the terminal of standard output, or of errors, can be replaced: not on a dumb one.
bool can_redraw(int descriptor);

/// A line on the terminal of errors that takes the place of the one before, and goes again. Shows nothing where there
/// is no terminal, or a dumb one.
class redrawn_line {
public:
  void show(const std::string& text);
  void take_back();

private:
  bool shown_ = false;
};

/// Lines of the console: with editing and a history on a terminal, kept in ~/.local/state/salonctl_history.
class line_reader {
public:
  line_reader();
  ~line_reader();
  line_reader(const line_reader&) = delete;
  line_reader& operator=(const line_reader&) = delete;
  /// Nothing at the input's end.
  std::optional<std::string> next();
  /// The number of the line that next() gave, or of the last one that was read as a command's input.
  size_t number() const;
  /// Whether a person types the lines.
  bool is_terminal() const { return terminal_; }

private:
  bool terminal_, first_ = true;
  std::string history_;
};

} // namespace salonctl
