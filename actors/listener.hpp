// LISTENER: a door that clients come through. Lives on the I/O thread.
#pragma once
#include "actors/audience.hpp"
#include "actors/doors.hpp"
#include <caf/io/all.hpp>

namespace salond {

/// Accepts clients, each as a connection of its own, in the dialect of the door. Ends when the socket fails.
caf::behavior listener(caf::io::broker* self, std::shared_ptr<audience> audience, bound_endpoint door);

} // namespace salond
