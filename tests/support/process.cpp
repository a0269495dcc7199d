#include "tests/support/process.hpp"
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace salond::support {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts)
    result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> environment_with(const std::vector<std::string>& variables) {
  std::vector<std::string> result = variables;
  for (char** each = environ; *each; ++each)
    result.emplace_back(*each);
  return result; // the first of two of one name counts
}

} // namespace

bool sleep_a_moment_before(std::chrono::steady_clock::time_point deadline) {
  if (std::chrono::steady_clock::now() >= deadline)
    return false;
  std::this_thread::sleep_for(2ms);
  return true;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream content;
  content << in.rdbuf();
  return content.str();
}

process::process(std::vector<std::string> arguments, std::vector<std::string> variables, const std::string& output_path,
                 const std::string& error_path)
    : output_path_(output_path), error_path_(error_path) {
  auto environment = environment_with(variables);
  const auto argv = pointers(arguments), envp = pointers(environment);
  const auto flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
  const int out = ::open(output_path.c_str(), flags, 0600), err = ::open(error_path.c_str(), flags, 0600);
  pid_ = ::fork();
  if (pid_ < 0)
    throw std::system_error(errno, std::generic_category(), "fork");
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // a test that crashes leaves nothing behind
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    ::execvpe(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  ::close(out);
  ::close(err);
}

process::~process() {
  if (status_)
    return;
  ::kill(pid_, SIGKILL);
  wait();
}

void process::send(int signal) const {
  if (!status_)
    ::kill(pid_, signal);
}

std::optional<int> process::wait(std::chrono::milliseconds within) {
  eventually(
      [this] {
        int status = 0;
        if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_)
          status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
        return status_.has_value();
      },
      within);
  return status_;
}

std::string process::output() const {
  return read_file(output_path_);
}

std::string process::errors() const {
  return read_file(error_path_);
}

} // namespace salond::support
