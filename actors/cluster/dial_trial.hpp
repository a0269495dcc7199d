// Whether a node is reached at an address: a connection that ends as soon as its certificate is known. I/O thread only.
#pragma once
#include "actors/cluster/link_socket.hpp"
#include "actors/transport/listening.hpp"
#include <functional>

namespace salond::cluster {

/// Dials these addresses in turn until one answers, and calls `over` once, later or at once: with nothing, or with why
/// the node of that name was not reached at any of them. REQUIRES: there is one.
void try_to_dial(caf::io::network::default_multiplexer& loop, const std::shared_ptr<transport_context>& shared,
                 const std::string& name, std::vector<socket_address> at,
                 std::function<void(const std::string& why)> over);

} // namespace salond::cluster
