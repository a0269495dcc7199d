// Where other nodes reach this one: the port is held from before anything is promised. Nobody listens there before
// there are links between nodes, so whoever dials it is refused.
#pragma once
#include "actors/transport/listening.hpp"
#include "config/config.hpp"

namespace salond {

class cluster_port {
public:
  /// Looks the host up and binds its first address. Throws std::runtime_error with a sentence for people.
  explicit cluster_port(const config::endpoint& where);
  ~cluster_port();
  cluster_port(const cluster_port&) = delete;
  cluster_port& operator=(const cluster_port&) = delete;

  /// HOST:PORT as bound.
  const std::string& where() const { return where_; }

private:
  int socket_ = -1;
  std::string where_;
};

} // namespace salond
