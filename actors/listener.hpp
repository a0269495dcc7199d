// LISTENER: a door that clients come through. Lives on the I/O thread.
#pragma once
#include "actors/audience.hpp"
#include <caf/io/all.hpp>

namespace salond {

/// A listening socket, bound by bind_endpoint() before anything is promised to anybody.
struct bound_endpoint {
  config::endpoint where; ///< with the real port
  int fd = -1;
};

/// Binds and listens. Throws std::runtime_error with a sentence for people (port in use, no such address, no right).
bound_endpoint bind_endpoint(const config::endpoint& where);

/// Accepts clients of the dialect, each as a connection of its own. Ends when the socket fails.
caf::behavior listener(caf::io::broker* self, std::shared_ptr<audience> house, bound_endpoint door, dialect speaks);

} // namespace salond
