// The admin port: certificates under STATE/tls, CAF's protocol over TLS, and the admin actor published there.
#pragma once
#include "actors/server.hpp"
#include "actors/transport/tls_folder.hpp"
#include "actors/transport/transport.hpp"
#include <atomic>
#include <memory>
#include <mutex>

namespace salond {

/// Where the admin port is to be. Asks the resolver, which may take its time.
std::vector<socket_address> admin_addresses(const config::endpoint& where);

/// Made right after the actor system and destroyed before it. Functions throw std::runtime_error, for people.
class admin_port {
public:
  /// `addresses`: those of `where`. REQUIRES: the folder's certificates are made.
  admin_port(caf::actor_system& system, const config::endpoint& where, std::vector<socket_address> addresses,
             std::shared_ptr<tls_folder> certificates);

  /// What the node needs of it.
  void offer(node_parts& parts);

  /// The same, where it is a node of a cluster: it adds and removes others. `links`: what its links share, so that
  /// theirs end. REQUIRES: node_links::offer() came before.
  void offer_nodes(node_parts& parts, std::shared_ptr<transport_context> links);

  /// Publishes the node's admin actor, or another one in its place.
  void publish(const node_actors& actors);

  /// HOST:PORT as bound.
  std::string where() const;

  /// The server's certificate was renewed.
  void use_renewed();

private:
  config::endpoint where_;
  std::vector<socket_address> addresses_;
  std::shared_ptr<tls_folder> folder_;
  std::shared_ptr<transport> net_;
  admin_core published_;
  std::shared_ptr<std::mutex> revoking_ = std::make_shared<std::mutex>(); ///< what is revoked is read and put in use
  std::shared_ptr<std::atomic<uint16_t>> open_at_ = std::make_shared<std::atomic<uint16_t>>(); ///< for bundles
};

} // namespace salond
