// A MariaDB server of our own, in a folder that goes with it.
#pragma once
#include "tools/bench/child_process.hpp"
#include <filesystem>
#include <memory>

namespace salond::bench {

/// A folder of our own, gone with the object. Its name is short, since the path of a unix socket is.
class work_folder {
public:
  work_folder();
  work_folder(const work_folder&) = delete;
  work_folder& operator=(const work_folder&) = delete;
  ~work_folder();
  std::string file(const std::string& name) const { return (path_ / name).string(); }
  /// What a file in it holds.
  std::string contents(const std::string& name) const;

private:
  std::filesystem::path path_;
};

/// Reachable by its unix socket alone, as root without a password. The defaults of durability hold: each commit is on
/// the disk before it is answered.
class private_mariadb {
public:
  /// Returns once it takes connections. Throws std::exception.
  explicit private_mariadb(std::optional<int> core);

  /// Makes the database unless it is there; answers its address as salond takes it.
  std::string make(const std::string& database);
  const std::string& socket() const { return socket_; }
  pid_t id() const { return server_->id(); }

private:
  work_folder folder_;
  std::string socket_;
  std::unique_ptr<child_process> server_;
};

} // namespace salond::bench
