// Real nodes on a private MariaDB, each at an address of its own and behind a gate to the database; and what can happen
// to them.
#pragma once
#include "tests/cluster/gate.hpp"
#include "tests/cluster/scene.hpp"
#include "tests/support/cluster.hpp"
#include <functional>
#include <map>

namespace salond::faults {

/// Something that goes wrong for a while.
struct mishap {
  std::string node; ///< or "database"
  std::string name; ///< as the record calls it
  std::string told; ///< for people
  std::function<void()> begin, end;
  /// The node does not come back at once: it is back when the others see it.
  bool back_later = false;
};

class town {
public:
  town(support::mariadb_server& server, scene& where, size_t nodes);

  /// Makes the accounts of all users.
  void register_users();
  const std::vector<std::string>& nodes() const { return names_; }
  /// One of "kill", "freeze", "stop", "cut", and so on, of a node; see kinds_of_faults. Those of peers choose theirs.
  mishap make(const std::string& fault, const std::string& node);

  /// Waits until all nodes serve and reach one another; what is missing, else nothing.
  std::string wait_until_whole(std::chrono::seconds within);
  /// One command at that node; false where it is refused.
  bool operate(const std::string& node, std::vector<std::string> command);
  /// Stops all in order; what went wrong, else nothing.
  std::string stop();
  /// Adds what the database holds.
  void add_rows();
  std::string logs() const;

private:
  support::daemon& at(const std::string& node) { return all_.at(node); }
  void begin(const std::string& name);
  void start(const std::string& node);
  void keep_log(const std::string& node);
  bool whole(std::string& missing);
  mishap node_fault(const std::string& fault, const std::string& node);
  mishap database_fault(const std::string& fault);
  mishap peers_fault(const std::string& node, const std::string& told);
  void send_peers_through_gates();

  support::mariadb_server& server_;
  scene& scene_;
  support::cluster all_;
  support::temporary_folder sockets_;
  std::vector<std::string> names_;
  std::map<std::string, std::unique_ptr<gate>> to_database_, to_node_;
  std::map<std::string, std::string> ports_; ///< HOST:PORT, where each hears others
  std::map<std::string, std::string> old_logs_;
};

} // namespace salond::faults
