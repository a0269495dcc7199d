// The messages of ASKING: questions of this node's operators to other nodes, and of theirs to this one. All of them
// stay in the process; between nodes they go as the frames `question` and `answer`.
#pragma once
#include "actors/cluster/frames.hpp"
#include "actors/interfaces/in_process.hpp"
#include <caf/all.hpp>
#include <optional>

namespace salond {

/// An operator asks the other nodes: all of them, or the one of that name.
struct ask_nodes {
  std::string question; ///< actors/admin/peer_words.hpp
  std::string text = {};
  std::string only = {};
};
/// The answer of one node.
struct node_said {
  std::string node;
  std::optional<std::string> text; ///< nothing: it did not answer in time
};
/// The answers of all nodes that were asked, in the order of their names.
struct nodes_said {
  std::vector<node_said> all;
};
/// A peer's operator asks this node.
struct peer_asks {
  cluster::node_id from;
  cluster::question question;
};
/// A peer answers.
struct peer_answers {
  cluster::node_id from;
  cluster::answer answer;
};
/// INTERNAL to asking: there is no link to these nodes.
struct peers_not_reached {
  int64_t token = 0;
  std::vector<cluster::node_id> whom;
};
/// INTERNAL to asking: the time for answers is over.
struct asked_long_enough {
  int64_t token = 0;
};

/// ASKING: asks other nodes for operators, and answers theirs, without waiting for anything in between.
using asking_actor = caf::typed_actor<
    // Asks, and answers within two seconds, even if some nodes have not.
    caf::replies_to<ask_nodes>::with<nodes_said>,
    // Finds out, and tells the peer over its link. A question that this version does not know is not answered.
    caf::reacts_to<peer_asks>,
    // Hands it on to the asker, if that still waits.
    caf::reacts_to<peer_answers>,
    // INTERNAL. Waits for these nodes no longer.
    caf::reacts_to<peers_not_reached>,
    // INTERNAL. Answers with what came so far.
    caf::reacts_to<asked_long_enough>>;

} // namespace salond
