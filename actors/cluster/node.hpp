// A node's place in its cluster, as the actors of the I/O thread have it: its membership, its links, and who acts on
// what comes over them (peer_hearer.hpp). Joins membership, whose threads know no CAF, with links, which know no store.
#pragma once
#include "actors/cluster/entrance.hpp"
#include "actors/cluster/links.hpp"
#include "actors/cluster/member.hpp"
#include "actors/cluster/peer_hearer.hpp"
#include "actors/interfaces/links.hpp"
#include <set>

namespace salond::cluster {

/// What a start brings for links.
struct link_parts {
  std::string name;                          ///< of this node, as in its certificate
  std::shared_ptr<transport_context> shared; ///< limits, log and certificates
  std::vector<listening_socket> at;          ///< where peers come in; the links own these
};

/// Lives until the links have ended. Functions are of the I/O thread.
struct node {
  node(caf::actor_system& system, std::shared_ptr<cluster_member> in, const link_parts& parts);
  node(const node&) = delete;
  node& operator=(const node&) = delete;

  const std::shared_ptr<cluster_member> member;
  /// Each is told of all that peers do. REQUIRES: they come before the links begin.
  std::vector<std::shared_ptr<peer_hearer>> hearers;

  /// Says it to the peer, with all else that it is told in this turn. False: there is no session, and it is lost.
  bool send(node_id to, frame_body body) { return links.send(to, std::move(body)); }

  // --- what membership and links tell ---
  /// A round read that these are not gone. Whoever was among them before is.
  void know(const std::vector<node_id>& living);
  /// That run is gone, and the hearers are told; perhaps twice.
  void lose(node_id run);

  cluster::links links;
  cluster::entrance entrance;

private:
  link_events events();

  std::set<node_id> known_;
};

/// Spawns the links' actor, which listens; has membership and links tell each other; and begins.
links_actor start_links(caf::actor_system& system, const std::shared_ptr<node>& of, std::vector<listening_socket> at);

/// Those of a table of nodes, as links dial them. A row whose endpoint cannot be read is left out.
std::vector<link_peer> peers_of(const std::vector<persistence::stored_node>& rows);

} // namespace salond::cluster
