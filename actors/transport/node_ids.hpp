// Node ids as BASP writes them: class, process, host.
#pragma once
#include <caf/node_id.hpp>
#include <string>

namespace salond {

/// The bytes of a node id of CAF's default kind on the wire (gate::node_id_size of them).
std::string to_wire(const caf::node_id& node);

/// The inverse. REQUIRES: a gate has let `bytes` pass as a peer's node id.
caf::node_id from_wire(const std::string& bytes);

/// A node id nobody else has. CAF's own is made of the network cards' addresses and the process number, which two
/// containers may share.
caf::node_id random_node_id();

} // namespace salond
