// A program that is started, measured and ended.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace salond::bench {

class child_process {
public:
  /// Starts a program, kept to one core if one is given, with its errors going to a file. Throws std::system_error.
  child_process(const std::vector<std::string>& arguments, std::optional<int> core, const std::string& error_file);
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;
  /// Asks it to end, and ends it when it does not within ten seconds.
  ~child_process();

  pid_t id() const { return id_; }
  /// The next line of its standard output; empty when none comes in time.
  std::string read_line(std::chrono::milliseconds patience);
  /// All of it that is left, up to its end; what came so far where that takes longer.
  std::string read_all(std::chrono::milliseconds patience);
  bool running();
  void stop();
  /// Ends it at once (kill -9).
  void kill();

private:
  bool read_more(std::chrono::steady_clock::time_point until);

  pid_t id_ = -1;
  int output_ = -1;
  std::string unread_;
};

/// Processor time of a process so far, in seconds; 0 for none.
double cpu_seconds(pid_t process);
/// Of all of them.
double cpu_seconds(const std::vector<pid_t>& processes);

/// Proportional set size in KiB; 0 for none.
int64_t pss_kib(pid_t process);

/// Keeps this process to one core.
void stay_on(int core);

} // namespace salond::bench
