// Several salond on one private MariaDB, each a node with a state folder and addresses of its own. Whoever joins is
// added by an operator first, as it is meant to be.
#pragma once
#include "tests/support/daemon.hpp"
#include "tests/support/mariadb.hpp"
#include <memory>
#include <vector>

namespace salond::support {

class cluster {
public:
  /// On a new database of that server.
  explicit cluster(mariadb_server& server);

  /// A node that does not run yet. The first one begins the cluster; for the others a bundle is made, which the first
  /// node that runs is asked for.
  daemon& add(const std::string& name);
  /// add(), and start().
  daemon& start(const std::string& name);
  /// That many, called "a", "b" and so on, which run.
  void start_all(size_t count);

  daemon& at(const std::string& name);
  /// What salonctl answers at that node, as its own administrator.
  nlohmann::json ask(const std::string& name, std::vector<std::string> command);
  /// Where a bundle for a node called `name` was put, made at `by`.
  std::string bundle_for(const std::string& name, const std::string& by);

  /// The rows of `nodes` at that node, by name: {"a": {…}}.
  nlohmann::json nodes_seen_by(const std::string& name);
  /// Names of those with whom that node's links are up, in their order.
  std::vector<std::string> linked_with(const std::string& name);
  /// Waits until all of these see just one another, linked and serving.
  bool all_linked(const std::vector<std::string>& names, std::chrono::milliseconds within = 20s);
  /// What went wrong, for messages: all logs.
  std::string logs() const;

  const config::mysql_database where;

private:
  struct member {
    std::string name;
    std::unique_ptr<daemon> server;
  };

  temporary_folder bundles_;
  std::vector<member> members_;
};

} // namespace salond::support
