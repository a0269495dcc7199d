// A program that a test starts, watches and ends.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace salond::support {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

/// Waits until `fact()` holds; false where it does not within the time.
template <class Fact>
bool eventually(Fact fact, std::chrono::milliseconds within = 20s);

/// One program, started with this process' environment and `variables` ("NAME=value"). What it writes goes into two
/// files, so that it never waits for the test.
class process {
public:
  process(std::vector<std::string> arguments, std::vector<std::string> variables, const std::string& output_path,
          const std::string& error_path);
  process(const process&) = delete;
  process& operator=(const process&) = delete;
  /// Kills it, if it is still there.
  ~process();

  pid_t pid() const { return pid_; }
  void send(int signal) const;
  /// The exit status, or the number of the signal that ended it, negative. Nothing while it runs on.
  std::optional<int> wait(std::chrono::milliseconds within = 30s);
  bool running() { return !wait(0ms); }
  std::string output() const;
  std::string errors() const;

private:
  std::string output_path_, error_path_;
  pid_t pid_ = 0;
  std::optional<int> status_;
};

/// The content of a file; empty where there is none.
std::string read_file(const std::string& path);

bool sleep_a_moment_before(std::chrono::steady_clock::time_point deadline);

template <class Fact>
bool eventually(Fact fact, std::chrono::milliseconds within) {
  const auto deadline = std::chrono::steady_clock::now() + within;
  while (!fact())
    if (!sleep_a_moment_before(deadline))
      return fact();
  return true;
}

} // namespace salond::support
