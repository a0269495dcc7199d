// A server that runs, or the nodes of a cluster on this machine.
#pragma once
#include "tools/bench/child_process.hpp"
#include "tools/bench/client.hpp"
#include <memory>
#include <nlohmann/json.hpp>

namespace salond::bench {

/// How it is started.
struct launch {
  std::vector<std::string> command; ///< the program, and what each node is told alike
  std::string folder;               ///< for logs, and for what nodes keep
  std::string salonctl;             ///< nodes alone
  std::optional<int> core;
  way over = way::clear;
  size_t nodes = 0; ///< 0: a server that is no node
};

/// Ended with the object: one node after the other.
class running_server {
public:
  /// Starts it, or all nodes, and waits until they serve and reach one another. Throws std::exception.
  explicit running_server(launch plan);

  uint16_t port = 0; ///< for clients; of the first node
  way over = way::clear;
  double ready_ms = 0; ///< from the start of the (first) process
  pid_t id() const { return all_.front().process->id(); }
  std::vector<pid_t> ids() const;
  std::vector<uint16_t> ports() const;

  // --- of a cluster; nodes are counted from 0, and called a, b and so on ---
  size_t nodes() const { return how_.nodes; }
  static std::string name(size_t which) { return std::string(1, static_cast<char>('a' + which)); }
  /// The state folder of a node, or of the server (0).
  static std::string state_of(const launch& plan, size_t which) { return plan.folder + "/" + name(which); }
  /// What salonctl answers at that node. Throws std::exception where it is refused.
  nlohmann::json ask(size_t at, const std::vector<std::string>& command) const;
  /// The same command, begun and not waited for.
  std::unique_ptr<child_process> begin(size_t at, const std::vector<std::string>& command) const;
  /// It runs no more, and is started again, at other ports.
  void start(size_t which);
  child_process& process(size_t which) { return *all_[which].process; }
  /// Throws std::runtime_error when it is not so within a minute.
  void wait_until_whole() const;
  /// Until each salon has a home, and none is to move any more. What is no cluster is even.
  void wait_until_even() const;
  /// The salons that are at home at that node, as far as the first node that runs knows.
  std::vector<std::string> salons_of(size_t which, size_t asked) const;

private:
  struct node {
    std::unique_ptr<child_process> process;
    uint16_t port = 0;
    std::string admin;
  };
  node launched(size_t which) const;
  std::vector<std::string> command_of(size_t which) const;
  std::vector<std::string> operator_command(size_t at, const std::vector<std::string>& command) const;
  std::string file(const std::string& name) const { return how_.folder + "/" + name; }
  bool whole(size_t seen_by) const;

  launch how_;
  std::vector<node> all_;
};

} // namespace salond::bench
