#include "tools/bench/subject.hpp"
#include <fstream>
#include <stdexcept>

namespace salond::bench {

using namespace std::chrono_literals;

namespace {

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

subject::subject(kind what, const programs& where, const std::string& address)
    : what_(what), where_(where), name_(name_of(what)), address_(address) {
  if (!stores())
    where_.over = way::clear;
  if (where_.over == way::tls)
    name_ += "-tls";
  if (what == kind::mariadb)
    database_ = std::make_unique<private_mariadb>(where_.core);
}

void subject::prepare(size_t users, const account_cost& cost) {
  if (what_ == kind::floor || (prefilled_ >= users && prefilled_memory_ == cost.memory_kib))
    return;
  if (what_ == kind::sqlite) {
    address_ = "sqlite:" + folder_.file("db" + std::to_string(users) + "-" + std::to_string(cost.memory_kib));
  } else if (what_ == kind::mariadb) {
    address_ = database_->make("bench" + std::to_string(users) + "_" + std::to_string(cost.memory_kib));
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
        << ", \"queue\": 20000}, \"limits\": {\"unsent_bytes\": " << options.unsent_bytes << "}, \"rate\": {"
        << (options.limits_messages ? "" : "\"messages_per_second\": 0, ")
        << "\"logins_per_minute_per_address\": 0}, \"log\": {\"level\": "
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
    throw std::runtime_error(name_ + " does not start: " + folder_.contents("server.log"));
  result.over = where_.over;
  result.port = static_cast<uint16_t>(std::stoi(line.substr(colon + 1)));
  return result;
}

} // namespace salond::bench
