// What is measured: salond on a database, alone or as several nodes, or the floor.
#pragma once
#include "tools/bench/prefill.hpp"
#include "tools/bench/private_mariadb.hpp"
#include "tools/bench/running_server.hpp"
#include "tools/bench/work_folder.hpp"
#include <memory>

namespace salond::bench {

/// How a server is started for a scenario.
struct server_options {
  account_cost cost;
  unsigned unsent_bytes = 4194304; ///< limits.unsent_bytes
  bool limits_messages = false;    ///< and requests of an address: their rates are the defaults, and not 0
  history said;                    ///< what its database holds
  bool operators = false;          ///< can ask it: running_server::ask(); nodes can always be asked
};

class subject {
public:
  enum class kind { floor, sqlite, mariadb, mysql, nodes };
  struct programs {
    std::string salond, floor, salonctl;
    std::optional<int> core; ///< of the server and its database
    way over = way::clear;   ///< the floor has no TLS
  };

  /// `address` is used by `mysql` alone, `nodes` by `nodes`: so many on one database. Starts the private database
  /// server of `mariadb` and `nodes`. Throws std::exception.
  subject(kind chosen, const programs& where, const std::string& address = {}, size_t nodes = 0);

  /// Has a fresh or emptied database for so many users, where the last one does not do.
  void prepare(size_t users, const account_cost& cost);
  /// The same, of what is said in there. REQUIRES: prepare()
  void prepare(const history& said);
  running_server start(const server_options& options);

  const std::string& name() const { return name_; }
  bool stores() const { return what_ != kind::floor; }
  size_t nodes() const { return nodes_; }
  /// The private one; null for others.
  const private_mariadb* database() const { return database_.get(); }
  pid_t database_process() const { return database_ ? database_->id() : 0; }

private:
  kind what_;
  programs where_;
  size_t nodes_;
  std::string name_, address_;
  work_folder folder_;
  std::unique_ptr<private_mariadb> database_;
  size_t prefilled_ = 0;
  unsigned prefilled_memory_ = 0;
};

} // namespace salond::bench
