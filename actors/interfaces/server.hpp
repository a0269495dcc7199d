// The messages of the SERVER. All of them stay in the process.
#pragma once
#include "actors/interfaces/settings.hpp"
#include "actors/interfaces/settle.hpp"

namespace salond {

/// The node is to stop in order: at once, or after telling everybody and waiting. While it waits, the last word counts.
struct stop {
  int64_t after_seconds = 0;
};
/// The host has opened every salon.
struct salons_open {};
/// Others took this node for lost, and go on with its work.
struct node_lost {};
/// This node may have clients: a peer has reached it, or it is the only one.
struct node_entered {};
/// Nobody reaches this node, so it is not to serve.
struct node_refused {
  std::string why; ///< with what to do
};
/// This node is to be drained: its salons and its clients go to others, these evenly over the seconds, and it ends.
struct drain_node {
  int64_t seconds = 0;
};
/// Whether this node is to end, and so lets nobody in any more.
struct ask_end {};
/// The answer to ask_end.
struct asked_end {
  bool ends = false;
  int64_t after_seconds = 0; ///< of an announced stop; 0: it is drained, or closes its clients already
};
/// INTERNAL to the server: a quarter of a second of that is over.
struct drain_on {};
/// INTERNAL to the server: a time that everybody was told is over; the last one is looked up.
struct stop_now {};
/// INTERNAL to the server: a listener that failed could not be opened a second ago.
struct retry_listener {
  size_t listener = 0;
};
/// INTERNAL to the server: the bans could not be read from the store a second ago.
struct retry_bans {};

/// SERVER: the root of a node. Starts, watches and stops all the others.
using server_actor = caf::typed_actor<
    // Lets nobody in any more, and stops the node in order.
    caf::reacts_to<stop>,
    // Lets clients in.
    caf::reacts_to<salons_open>,
    // Takes the settings up, and hands them on to the relay.
    caf::reacts_to<new_settings>,
    // Answers when the relay has heard what it was told and, in a stop, the listeners are closed.
    caf::replies_to<settle>::with<settled>,
    // Tells the clients to come again, closes them at once, and ends the node: it is to start anew.
    caf::reacts_to<node_lost>,
    // Lets clients in, once the salons are open.
    caf::reacts_to<node_entered>,
    // Says why in the log, and ends the node.
    caf::reacts_to<node_refused>,
    // Lets nobody in any more, closes clients one after the other, and then stops the node in order.
    caf::reacts_to<drain_node>,
    // Answers at once.
    caf::replies_to<ask_end>::with<asked_end>,
    // INTERNAL. Closes the next ones.
    caf::reacts_to<drain_on>,
    // INTERNAL. Stops the node in order.
    caf::reacts_to<stop_now>,
    // INTERNAL. Opens the listener once more.
    caf::reacts_to<retry_listener>,
    // INTERNAL. Reads the bans once more, and starts the registry again.
    caf::reacts_to<retry_bans>>;

} // namespace salond
