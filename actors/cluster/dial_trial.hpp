// Whether a node is reached at an address: a connection that ends as soon as its certificate is known. I/O thread only.
#pragma once
#include "actors/cluster/link_socket.hpp"
#include "actors/transport/listening.hpp"
#include <functional>

namespace salond::cluster {

/// Dials the first of these addresses, and calls `over` once, later or at once: with why the node of that name was not
/// reached there, or with nothing.
void try_to_dial(caf::io::network::default_multiplexer& loop, const std::shared_ptr<hub>& shared,
                 const std::string& name, const std::vector<socket_address>& at,
                 std::function<void(const std::string& why)> over);

} // namespace salond::cluster
