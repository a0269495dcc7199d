// Where other nodes reach this one: the port is held from before anything is promised. Whoever dials it is refused
// until the node's links listen there.
#pragma once
#include "actors/transport/listening.hpp"
#include "config/config.hpp"
#include <utility>

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
  /// The socket, bound and not blocking; whoever takes it closes it. REQUIRES: it was not taken before.
  int take() { return std::exchange(socket_, -1); }

private:
  int socket_ = -1;
  std::string where_;
};

} // namespace salond
