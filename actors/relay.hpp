// RELAY: tells this node's connections what they hear. It is a broker, so that it lives on the I/O thread, where it
// hands shared bytes to the connections directly: no message for each subscriber, one write for each connection and
// turn.
#pragma once
#include "actors/audience.hpp"
#include <caf/io/all.hpp>

namespace salond {

relay_actor::behavior_type relay(relay_actor::broker_pointer self, std::shared_ptr<audience> audience);

} // namespace salond
