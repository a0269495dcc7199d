// The messages of LINKS, from its own node: the run that it is, and the peers that it is to reach. What goes over links
// is not sent to it: the actors of the I/O thread say it to `cluster::links` directly.
#pragma once
#include "actors/cluster/peer_link.hpp"
#include "actors/interfaces/in_process.hpp"
#include <caf/all.hpp>

namespace salond {

/// This node is that run from now on; all links begin anew.
struct begin_links {
  cluster::node_id run;
};
/// The runs that are not gone, as the store has them.
struct know_peers {
  std::vector<cluster::link_peer> peers;
};
/// This run is gone, and all peers are to hear it.
struct tell_gone {
  cluster::node_id run;
};
/// This node was in doubt: all that relied on its links is over.
struct begin_links_anew {
  std::string why; ///< for people
};
/// What is the state of each link?
struct list_links {};
/// The state of the link with each peer, by its run.
struct links_listed {
  std::vector<cluster::link_state> links;
};
/// The node ends, or is to be reached no more.
struct end_links {
  std::string why; ///< for people
};
/// All peers are told.
struct links_ended {};
/// INTERNAL to links: a quarter of a second has passed.
struct tick_links {};

/// LINKS: this node's links with all others of its cluster.
using links_actor = caf::typed_actor<
    // Before it nobody is dialled or let in.
    caf::reacts_to<begin_links>,
    // Dials peers with greater names; ends the links with runs that are not among the peers.
    caf::reacts_to<know_peers>,
    // Tells all peers.
    caf::reacts_to<tell_gone>,
    // Ends all sessions; the side that dials begins others.
    caf::reacts_to<begin_links_anew>,
    // Answers the state of each link.
    caf::replies_to<list_links>::with<links_listed>,
    // Says farewell to all peers, closes the port, and ends.
    caf::replies_to<end_links>::with<links_ended>,
    // INTERNAL. Pings, deadlines, dialling.
    caf::reacts_to<tick_links>>;

} // namespace salond
