#include "tools/bench/subject.hpp"
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <sys/un.h>
#include <system_error>
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

std::string contents(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>{in}, {}};
}

const char* name_of(subject::kind what) {
  switch (what) {
  case subject::kind::floor: return "floor";
  case subject::kind::sqlite: return "sqlite";
  case subject::kind::mariadb: return "mariadb";
  case subject::kind::mysql: return "mysql";
  }
  return "";
}

} // namespace

work_folder::work_folder() {
  auto name = (std::filesystem::temp_directory_path() / "sbXXXXXX").string();
  if (!::mkdtemp(name.data()))
    throw std::system_error(errno, std::generic_category(), name);
  path_ = name;
}

work_folder::~work_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

subject::subject(kind what, const programs& where, const std::string& address)
    : what_(what), where_(where), name_(name_of(what)), address_(address) {
  if (!stores())
    where_.over = way::clear;
  if (where_.over == way::tls)
    name_ += "-tls";
  if (what == kind::mariadb)
    start_mariadb();
}

// The defaults of durability hold: each commit is on the disk before it is answered.
void subject::start_mariadb() {
  const auto data = "--datadir=" + folder_.file("data"), socket = folder_.file("s");
  // Its own: a starting server removes others' temporary tables from a shared one.
  const auto temporary = "--tmpdir=" + std::filesystem::path(socket).parent_path().string();
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
                                 "--socket=" + socket,
                                 "--skip-networking",
                                 "--pid-file=" + folder_.file("pid"),
                                 "--innodb-buffer-pool-size=256M",
                                 "--character-set-server=utf8mb4",
                                 "--collation-server=utf8mb4_bin"};
  start.insert(start.end(), as_root.begin(), as_root.end());
  database_ = std::make_unique<child_process>(start, where_.core, folder_.file("mariadbd.log"));
  const auto end = std::chrono::steady_clock::now() + 30s;
  while (!std::filesystem::exists(socket)) {
    if (!database_->running() || std::chrono::steady_clock::now() > end)
      throw std::runtime_error("mariadbd does not start: " + contents(folder_.file("mariadbd.log")));
    std::this_thread::sleep_for(20ms);
  }
  std::this_thread::sleep_for(200ms);
}

void subject::prepare(size_t users, const account_cost& cost) {
  if (what_ == kind::floor || (prefilled_ >= users && prefilled_memory_ == cost.memory_kib))
    return;
  if (what_ == kind::sqlite) {
    address_ = "sqlite:" + folder_.file("db" + std::to_string(users) + "-" + std::to_string(cost.memory_kib));
  } else if (what_ == kind::mariadb) {
    const auto name = "bench" + std::to_string(users) + "_" + std::to_string(cost.memory_kib);
    const auto socket = folder_.file("s");
    run_to_end(
        {program("mariadb"), "--no-defaults", "-uroot", "-S", socket, "-e", "CREATE DATABASE IF NOT EXISTS " + name},
        folder_.file("create.log"));
    address_ = "mysql://root@localhost/" + name + "?socket=" + socket;
  }
  prefill(address_, users, cost);
  prefilled_ = users;
  prefilled_memory_ = cost.memory_kib;
}

running_server subject::start(const server_options& options) {
  running_server result;
  std::vector<std::string> arguments{where_.floor};
  if (stores()) {
    std::ofstream(folder_.file("salond.json"))
        << "{\"passwords\": {\"memory_kib\": " << options.cost.memory_kib << ", \"passes\": " << options.cost.passes
        << ", \"queue\": 20000}, \"limits\": {\"unsent_bytes\": " << options.unsent_bytes
        << "}, \"rate\": {\"messages_per_second\": 0, \"logins_per_minute_per_address\": 0}, \"log\": {\"level\": "
           "\"warning\"}}\n";
    arguments = {where_.salond,
                 "--config=" + folder_.file("salond.json"),
                 "--db=" + address_,
                 "--state=" + folder_.file("state"),
                 where_.over == way::tls ? "--listen=tls://127.0.0.1:0" : "--listen=tcp://127.0.0.1:0",
                 "--admin=none"};
  }
  const auto started = std::chrono::steady_clock::now();
  result.process = std::make_unique<child_process>(arguments, where_.core, folder_.file("server.log"));
  const auto line = result.process->read_line(60s);
  result.ready_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count();
  const auto colon = line.find(':', line.find("//"));
  if (line.rfind(where_.over == way::tls ? "ready tls://" : "ready tcp://", 0) != 0 || colon == std::string::npos)
    throw std::runtime_error(name_ + " does not start: " + contents(folder_.file("server.log")));
  result.over = where_.over;
  result.port = static_cast<uint16_t>(std::stoi(line.substr(colon + 1)));
  return result;
}

} // namespace salond::bench
