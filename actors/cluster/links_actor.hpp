// LINKS: the actor around cluster::links. A broker, so that it lives on the I/O thread beside the connections; without
// sockets of its own.
#pragma once
#include "actors/cluster/links.hpp"
#include "actors/interfaces/links.hpp"

namespace salond {

/// Accepts at these sockets, which it owns, until it ends. `all` is used by the I/O thread alone from now on; where it
/// is kept elsewhere too, it is closed when the actor ends.
links_actor::behavior_type links(links_actor::broker_pointer self, std::shared_ptr<cluster::links> all,
                                 std::vector<listening_socket> at);

} // namespace salond
