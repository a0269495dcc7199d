// A program at a terminal of its own, as a person has it.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace salond::support {

class pseudo_terminal {
public:
  /// Starts the program; its three descriptors are the terminal.
  explicit pseudo_terminal(const std::vector<std::string>& arguments);
  pseudo_terminal(const pseudo_terminal&) = delete;
  pseudo_terminal& operator=(const pseudo_terminal&) = delete;
  /// Kills it, if it is still there.
  ~pseudo_terminal();

  pid_t pid() const { return pid_; }
  void type(const std::string& keys);
  /// Whether this comes to stand on the screen.
  bool shows(const std::string& text);
  /// Whether the terminal shows what is typed now.
  bool echoes() const;
  /// Whether it reads whole lines: no editor has it in its hands.
  bool takes_lines() const;
  /// The status as of waitpid once it has ended, or stopped.
  std::optional<int> changed();

private:
  void read_more();

  int terminal_ = -1;
  int report_ = -1;  ///< from the session's leader: the program's number, and then each change of its state
  pid_t leader_ = 0; ///< of the session, as a shell is
  pid_t pid_ = 0;
  bool ended_ = false;
  std::string screen_;
};

} // namespace salond::support
