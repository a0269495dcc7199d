// The built salond, started for a test: in a folder of its own, on a free port, with cheap passwords.
#pragma once
#include "tests/support/process.hpp"
#include "tests/support/temporary_folder.hpp"
#include <memory>
#include <nlohmann/json.hpp>

namespace salond::support {

/// How a test wants its server.
struct daemon_options {
  std::string db; ///< for --db; empty: SQLite in the state folder
  std::vector<std::string> listen{"tcp://127.0.0.1:0"};
  nlohmann::json settings = nlohmann::json::object(); ///< laid over test_settings()
  std::vector<std::string> variables;                 ///< "NAME=value"
  std::string admin = "127.0.0.1:0";
  std::vector<std::string> through; ///< a program and its arguments, which is to become the server
};

/// Its folder stays as long as it does: a server that is started again finds what it had.
class daemon {
public:
  explicit daemon(daemon_options wanted = {});

  /// Starts and waits until clients are let in. Throws with the log where it does not come to that.
  void start();
  /// Starts, without waiting for anything.
  void launch(const std::vector<std::string>& more_arguments = {});
  /// Waits for the ready line of what was launched; false where it ends, or takes longer.
  bool ready(std::chrono::milliseconds within = 30s);

  /// SIGTERM; the exit status.
  std::optional<int> stop();
  /// kill -9, and waits for the end.
  void kill();

  process& running() { return *process_; }
  pid_t pid() const { return process_->pid(); }
  /// The endpoints of the ready line, as "tcp://127.0.0.1:40123" or "unix:PATH".
  const std::vector<std::string>& endpoints() const { return endpoints_; }
  const std::string& endpoint() const { return endpoints_.at(0); }
  uint16_t port() const;
  /// HOST:PORT of the admin port.
  const std::string& admin() const { return admin_; }
  std::string log() const { return process_->errors(); }
  /// Waits until the log holds `part`, as another thread of the server writes it; false where it never does.
  bool logs(const std::string& part, std::chrono::milliseconds within = 20s) const {
    return eventually([&] { return log().find(part) != std::string::npos; }, within);
  }

  const temporary_folder& folder() const { return folder_; }
  std::string state() const { return folder_ / "state"; }
  std::string sqlite_path() const { return folder_ / "state/salond.db"; }
  std::string administrator_password() const;
  /// HOST:PORT at which other nodes reach it; "" where it is none.
  const std::string& cluster() const { return cluster_; }
  /// Proportional set size of the process, in KiB.
  size_t pss_kib() const;

  daemon_options options;

private:
  temporary_folder folder_;
  std::unique_ptr<process> process_;
  std::vector<std::string> endpoints_;
  std::string admin_, cluster_;
};

/// Runs salond with just these arguments, in `folder`, until it ends.
struct finished {
  std::optional<int> status;
  std::string output, errors;
};
finished run_salond(const temporary_folder& folder, std::vector<std::string> arguments,
                    std::vector<std::string> variables = {}, const std::vector<std::string>& through = {});

} // namespace salond::support
