#include "tools/bench/private_mariadb.hpp"
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace salond::bench {

using namespace std::chrono_literals;

namespace {

void run_to_end(const std::vector<std::string>& arguments, const std::string& log) {
  child_process tool{arguments, std::nullopt, log};
  for (int i = 0; i < 6000 && tool.running(); ++i)
    std::this_thread::sleep_for(10ms);
  if (tool.running())
    throw std::runtime_error(arguments.front() + " does not end");
}

std::string program(const std::string& name) {
  for (const auto* folder : {"/usr/bin/", "/usr/sbin/", "/usr/local/bin/", "/usr/local/sbin/"})
    if (std::filesystem::exists(folder + name))
      return folder + name;
  throw std::runtime_error(name + " is not installed");
}

} // namespace

private_mariadb::private_mariadb(std::optional<int> core, const std::string& pool) : socket_(folder_.file("s")) {
  const auto data = "--datadir=" + folder_.file("data");
  // Its own: a starting server removes others' temporary tables from a shared one.
  const auto temporary = "--tmpdir=" + std::filesystem::path(socket_).parent_path().string();
  std::vector<std::string> as_root;
  if (::geteuid() == 0)
    as_root = {"--user=root"};
  std::vector<std::string> install{program("mariadb-install-db"),
                                   "--no-defaults",
                                   "--force", // do without a name for this machine
                                   data,
                                   temporary,
                                   "--auth-root-authentication-method=normal",
                                   "--skip-test-db"};
  install.insert(install.end(), as_root.begin(), as_root.end());
  run_to_end(install, folder_.file("install.log"));
  std::vector<std::string> start{program("mariadbd"),
                                 "--no-defaults",
                                 data,
                                 temporary,
                                 "--socket=" + socket_,
                                 "--skip-networking",
                                 "--pid-file=" + folder_.file("pid"),
                                 "--innodb-buffer-pool-size=" + pool,
                                 "--character-set-server=utf8mb4",
                                 "--collation-server=utf8mb4_bin"};
  start.insert(start.end(), as_root.begin(), as_root.end());
  server_ = std::make_unique<child_process>(start, core, folder_.file("mariadbd.log"));
  const auto end = std::chrono::steady_clock::now() + 30s;
  while (!std::filesystem::exists(socket_)) {
    if (!server_->running() || std::chrono::steady_clock::now() > end)
      throw std::runtime_error("mariadbd does not start: " + folder_.contents("mariadbd.log"));
    std::this_thread::sleep_for(20ms);
  }
  std::this_thread::sleep_for(200ms);
}

std::string private_mariadb::make(const std::string& database) {
  run_to_end(
      {program("mariadb"), "--no-defaults", "-uroot", "-S", socket_, "-e", "CREATE DATABASE IF NOT EXISTS " + database},
      folder_.file("create.log"));
  return "mysql://root@localhost/" + database + "?socket=" + socket_;
}

std::map<std::string, double> private_mariadb::counters() const {
  child_process tool{
      {program("mariadb"), "--no-defaults", "-uroot", "-S", socket_, "-N", "-B", "-e", "SHOW GLOBAL STATUS"},
      std::nullopt,
      folder_.file("status.log")};
  std::istringstream rows{tool.read_all(60s)};
  std::map<std::string, double> result;
  for (std::string row; std::getline(rows, row);) {
    const auto tab = row.find('\t');
    if (tab != std::string::npos && row.find_first_not_of("0123456789.", tab + 1) == std::string::npos
        && row.size() > tab + 1)
      result[row.substr(0, tab)] = std::strtod(row.c_str() + tab + 1, nullptr);
  }
  return result;
}

} // namespace salond::bench
