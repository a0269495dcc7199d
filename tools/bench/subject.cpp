#include "tools/bench/subject.hpp"
#include <fstream>

namespace salond::bench {

namespace {

const char* name_of(subject::kind chosen) {
  switch (chosen) {
  case subject::kind::floor: return "floor";
  case subject::kind::sqlite: return "sqlite";
  case subject::kind::mariadb: return "mariadb";
  case subject::kind::mysql: return "mysql";
  case subject::kind::nodes: return "nodes";
  }
  return "";
}

} // namespace

subject::subject(kind chosen, const programs& where, const std::string& address, size_t nodes)
    : what_(chosen), where_(where), nodes_(nodes), name_(name_of(chosen)), address_(address) {
  if (!stores())
    where_.over = way::clear;
  if (where_.over == way::tls)
    name_ += "-tls";
  if (chosen == kind::nodes)
    name_ += "-" + std::to_string(nodes);
  if (chosen == kind::mariadb || chosen == kind::nodes)
    database_ = std::make_unique<private_mariadb>(where_.core);
}

void subject::prepare(size_t users, const account_cost& cost) {
  if (what_ == kind::floor || (prefilled_ >= users && prefilled_memory_ == cost.memory_kib))
    return;
  if (what_ == kind::sqlite) {
    address_ = "sqlite:" + folder_.file("db" + std::to_string(users) + "-" + std::to_string(cost.memory_kib));
  } else if (database_) {
    address_ = database_->make("bench" + std::to_string(users) + "_" + std::to_string(cost.memory_kib));
  }
  prefill(address_, users, cost);
  prefilled_ = users;
  prefilled_memory_ = cost.memory_kib;
}

void subject::prepare(const history& said) {
  if (what_ != kind::floor && said.messages > 0)
    prefill(address_, said);
}

running_server subject::start(const server_options& options) {
  launch plan;
  plan.core = where_.core;
  plan.over = where_.over;
  plan.nodes = nodes_;
  plan.salonctl = where_.salonctl;
  // What nodes keep belongs to their database.
  plan.folder = folder_.file("nodes" + std::to_string(prefilled_) + "-" + std::to_string(prefilled_memory_));
  plan.command = {where_.floor};
  if (!stores())
    return running_server{plan};
  std::ofstream(folder_.file("salond.json"))
      << "{\"passwords\": {\"memory_kib\": " << options.cost.memory_kib << ", \"passes\": " << options.cost.passes
      << ", \"queue\": 20000}, \"limits\": {\"unsent_bytes\": " << options.unsent_bytes << "}, \"rate\": {"
      << (options.limits_messages ? "" : "\"messages_per_second\": 0, \"requests_per_second_per_address\": 0, ")
      << "\"logins_per_minute_per_address\": 0}, \"log\": {\"level\": "
         "\"warning\"}}\n";
  plan.command = {where_.salond, "--config=" + folder_.file("salond.json"), "--db=" + address_,
                  where_.over == way::tls ? "--listen=tls://127.0.0.1:0" : "--listen=tcp://127.0.0.1:0"};
  if (nodes_ == 0)
    plan.command.insert(plan.command.end(), {"--state=" + running_server::state_of(plan, 0),
                                             options.operators ? "--admin=127.0.0.1:0" : "--admin=none"});
  return running_server{plan};
}

} // namespace salond::bench
