#include "tools/bench/child_process.hpp"
#include <cerrno>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace salond::bench {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

namespace {

[[noreturn]] void become(const std::vector<std::string>& arguments, std::optional<int> core,
                         const std::string& error_file, int output) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM); // a benchmark that is killed leaves no server behind
  if (core)
    stay_on(*core);
  const auto errors = ::open(error_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  ::dup2(output, 1);
  ::dup2(errors, 2);
  std::vector<char*> words;
  for (const auto& word : arguments)
    words.push_back(const_cast<char*>(word.c_str())); // execvp's signature is older than const
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  ::_exit(127);
}

} // namespace

child_process::child_process(const std::vector<std::string>& arguments, std::optional<int> core,
                             const std::string& error_file) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "pipe");
  id_ = ::fork();
  if (id_ < 0)
    throw std::system_error(errno, std::generic_category(), "fork");
  if (id_ == 0)
    become(arguments, core, error_file, ends[1]);
  ::close(ends[1]);
  output_ = ends[0];
}

child_process::~child_process() {
  stop();
  ::close(output_);
}

bool child_process::running() {
  if (id_ > 0 && ::waitpid(id_, nullptr, WNOHANG) != 0)
    id_ = -1;
  return id_ > 0;
}

void child_process::stop() {
  if (id_ <= 0)
    return;
  ::kill(id_, SIGTERM);
  for (const auto end = clock::now() + 10s; clock::now() < end; std::this_thread::sleep_for(5ms))
    if (::waitpid(id_, nullptr, WNOHANG) != 0) {
      id_ = -1;
      return;
    }
  kill();
}

void child_process::kill() {
  if (id_ <= 0)
    return;
  ::kill(id_, SIGKILL);
  ::waitpid(id_, nullptr, 0);
  id_ = -1;
}

/// False when nothing more comes in time, or at all.
bool child_process::read_more(clock::time_point until) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now());
  pollfd wait{output_, POLLIN, 0};
  if (left <= 0ms || ::poll(&wait, 1, static_cast<int>(left.count())) <= 0)
    return false;
  char bytes[4096];
  const auto got = ::read(output_, bytes, sizeof bytes);
  if (got <= 0)
    return false;
  unread_.append(bytes, static_cast<size_t>(got));
  return true;
}

std::string child_process::read_line(std::chrono::milliseconds patience) {
  const auto end = clock::now() + patience;
  for (;;) {
    if (const auto at = unread_.find('\n'); at != std::string::npos) {
      auto line = unread_.substr(0, at);
      unread_.erase(0, at + 1);
      return line;
    }
    if (!read_more(end))
      return {};
  }
}

std::string child_process::read_all(std::chrono::milliseconds patience) {
  for (const auto end = clock::now() + patience; read_more(end);)
    ;
  return std::exchange(unread_, {});
}

double cpu_seconds(pid_t process) {
  clockid_t its_clock;
  timespec spent{};
  if (process <= 0 || ::clock_getcpuclockid(process, &its_clock) != 0 || ::clock_gettime(its_clock, &spent) != 0)
    return 0;
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

double cpu_seconds(const std::vector<pid_t>& processes) {
  double all = 0;
  for (const auto each : processes)
    all += cpu_seconds(each);
  return all;
}

int64_t pss_kib(pid_t process) {
  std::ifstream rollup("/proc/" + std::to_string(process) + "/smaps_rollup");
  for (std::string line; std::getline(rollup, line);)
    if (line.rfind("Pss:", 0) == 0)
      return std::stoll(line.substr(4));
  return 0;
}

void stay_on(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<size_t>(core), &set);
  ::sched_setaffinity(0, sizeof set, &set);
}

} // namespace salond::bench
