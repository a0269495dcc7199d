// A MariaDB server of our own, in a folder that goes with it.
#pragma once
#include "tools/bench/child_process.hpp"
#include "tools/bench/work_folder.hpp"
#include <map>
#include <memory>

namespace salond::bench {

/// Reachable by its unix socket alone, as root without a password. The defaults of durability hold: each commit is on
/// the disk before it is answered.
class private_mariadb {
public:
  /// Returns once it takes connections. `pool`: what it holds of its tables in memory. Throws std::exception.
  explicit private_mariadb(std::optional<int> core, const std::string& pool = "256M");

  /// Makes the database unless it is there; answers its address as salond takes it.
  std::string make(const std::string& database);
  const std::string& socket() const { return socket_; }
  /// What it counts (SHOW GLOBAL STATUS), numbers alone. It is a question, too.
  std::map<std::string, double> counters() const;
  pid_t id() const { return server_->id(); }

private:
  work_folder folder_;
  std::string socket_;
  std::unique_ptr<child_process> server_;
};

} // namespace salond::bench
