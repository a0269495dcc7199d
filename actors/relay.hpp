// RELAY: this node's connections hear through it. A broker, so that it lives on the I/O thread, where it can hand
// shared bytes to the connections directly: no message a subscriber, one write a connection and turn.
#pragma once
#include "actors/audience.hpp"
#include <caf/io/all.hpp>

namespace salond {

relay_actor::behavior_type relay(relay_actor::broker_pointer self, std::shared_ptr<audience> house);

} // namespace salond
