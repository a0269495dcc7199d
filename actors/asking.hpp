// ASKING: the admin side of a node towards the others of its cluster (actors/interfaces/asking.hpp). It answers peers
// whether this node has an admin port or not.
#pragma once
#include "actors/admin/peer_words.hpp"
#include "actors/audience.hpp"
#include <map>

namespace salond {

/// How long an operator waits for other nodes.
constexpr auto nodes_patience = std::chrono::seconds{2};

/// The actors that it asks, and what it knows of this node.
struct asking_parts {
  store_actor store;
  relay_actor relay;
  directory_actor directory;
  server_actor server;
  std::shared_ptr<cluster_member> member;
  std::weak_ptr<audience> clients; ///< of the I/O thread; it knows how peers are told
  moment started;
};

/// A question that is not answered yet.
struct open_question {
  caf::typed_response_promise<nodes_said> asker;
  std::map<cluster::node_id, std::string> silent; ///< nodes that have not answered yet
  std::vector<node_said> said;
};

struct asking_state {
  static inline const char* name = "asking";
  asking_parts parts;
  std::map<int64_t, open_question> open; ///< by their tokens
  int64_t last_token = 0;
  std::shared_ptr<size_t> answering = std::make_shared<size_t>(0); ///< questions of peers
};

asking_actor::behavior_type asking(asking_actor::stateful_pointer<asking_state> self, asking_parts parts);

} // namespace salond
