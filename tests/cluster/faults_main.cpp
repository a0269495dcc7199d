// cluster_faults [--fault=KIND] [--rounds=N] [--seed=N] [--nodes=N] [--clients=N] [--posts=N] [--hold=SECONDS]
//                [--calm=SECONDS] [--keep=FOLDER] [--keep-all]
// Makes real faults happen to real nodes with real clients, and lets the checker judge. Status 1: a promise broke, or a
// round did not come to its end; the record and the logs of such a round, or of all, are kept in FOLDER (the current
// one).
#include "tests/cluster/round.hpp"
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>

namespace salond::faults {
namespace {

struct options {
  round_options each;
  std::vector<std::string> kinds = kinds_of_faults();
  int rounds = 1;
  std::string keep = ".";
  bool keep_all = false;
};

/// The value of --NAME=VALUE, if the argument is that.
const char* value_of(const char* argument, const std::string& name) {
  const auto begin = "--" + name + "=";
  return std::strncmp(argument, begin.c_str(), begin.size()) == 0 ? argument + begin.size() : nullptr;
}

bool take(options& result, const char* argument) {
  if (const auto* kind = value_of(argument, "fault")) {
    result.kinds = {kind};
    const auto& all = kinds_of_faults();
    return std::find(all.begin(), all.end(), kind) != all.end();
  }
  if (std::strcmp(argument, "--keep-all") == 0) {
    result.keep_all = true;
    return true;
  }
  if (const auto* folder = value_of(argument, "keep")) {
    result.keep = folder;
    return true;
  }
  if (const auto* seed = value_of(argument, "seed"))
    result.each.seed = std::stoull(seed);
  else if (const auto* rounds = value_of(argument, "rounds"))
    result.rounds = std::stoi(rounds);
  else if (const auto* nodes = value_of(argument, "nodes"))
    result.each.nodes = std::stoul(nodes);
  else if (const auto* clients = value_of(argument, "clients"))
    result.each.clients = std::stoul(clients);
  else if (const auto* posts = value_of(argument, "posts"))
    result.each.posts_per_second = std::stoi(posts);
  else if (const auto* hold = value_of(argument, "hold"))
    result.each.hold = std::stod(hold);
  else if (const auto* calm = value_of(argument, "calm"))
    result.each.calm = std::stod(calm);
  else
    return false;
  return result.each.nodes >= 2 && result.each.nodes <= 20 && result.each.clients >= 2;
}

void keep(const round_result& of, const std::string& name) {
  std::ofstream record(name + ".record"), logs(name + ".logs");
  write_record(record, of.record);
  logs << of.logs;
  std::cout << "  kept: " << name << ".record and .logs\n";
}

/// Whether all is well.
bool tell(const round_result& of, const std::string& name) {
  std::cout << name << ":";
  for (const auto& fault : of.faults)
    std::cout << " " << fault << ";";
  std::cout << " service after " << of.service_seconds << " s, longest wait " << of.longest_wait << " s, " << of.closed
            << " closed on living nodes (" << of.closed_apart << " apart), " << of.refused << " of " << of.posts
            << " posts refused, " << of.shown << " shown, " << of.violations.size() << " violations\n";
  if (!of.wrong.empty())
    std::cout << "  " << of.wrong;
  constexpr size_t most = 20;
  for (size_t i = 0; i < of.violations.size() && i < most; ++i)
    std::cout << "  " << name_of(of.violations[i].promise) << ": " << of.violations[i].text << "\n";
  std::cout.flush();
  return of.violations.empty() && of.wrong.empty();
}

/// The middle of the rounds and the worst of them.
void tell_all(const std::string& kind, std::vector<double> service) {
  std::sort(service.begin(), service.end());
  std::cout << kind << ": " << service.size() << " rounds, service after " << service[service.size() / 2]
            << " s in the median, " << service.back() << " s at worst\n";
  std::cout.flush();
}

/// Whether all rounds were well.
bool run_kind(const options& wanted, const std::string& kind) {
  bool well = true;
  std::vector<double> service;
  for (int i = 0; i < wanted.rounds; ++i) {
    auto each = wanted.each;
    each.fault = kind;
    each.seed += static_cast<uint64_t>(i);
    const auto name = kind + "-" + std::to_string(each.seed);
    support::mariadb_server server({"--innodb-flush-log-at-trx-commit=2", "--innodb-doublewrite=OFF"});
    const auto result = run_round(server, each);
    service.push_back(result.service_seconds);
    const bool is_well = tell(result, name);
    well = well && is_well;
    if (!is_well || wanted.keep_all)
      keep(result, wanted.keep + "/" + name);
  }
  if (wanted.rounds > 1)
    tell_all(kind, service);
  return well;
}

int run(const options& wanted) {
  if (const auto why = support::mariadb_server::why_not(); !why.empty()) {
    std::cerr << "cluster_faults: " << why << "\n";
    return std::getenv("CI") ? 1 : 77; // ctest's word for skipped
  }
  bool well = true;
  for (const auto& kind : wanted.kinds)
    well = run_kind(wanted, kind) && well;
  return well ? 0 : 1;
}

} // namespace
} // namespace salond::faults

int main(int count, char** arguments) {
  try {
    salond::faults::options wanted;
    for (int i = 1; i < count; ++i)
      if (!take(wanted, arguments[i]))
        throw std::invalid_argument(std::string("what does ") + arguments[i] + " mean?");
    return salond::faults::run(wanted);
  } catch (const std::logic_error& why) {
    std::cerr << "cluster_faults: " << why.what() << " tests/cluster/faults_main.cpp has the options; kinds of faults:";
    for (const auto& kinds_of_fault : salond::faults::kinds_of_faults())
      std::cerr << " " << kinds_of_fault;
    std::cerr << "\n";
  } catch (const std::exception& why) {
    std::cerr << "cluster_faults: " << why.what() << "\n";
  }
  return 2;
}
