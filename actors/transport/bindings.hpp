// Which person a node id belongs to. CAF's messages carry a node id that the peer chose for itself; its connection
// carries a certificate. Bound together here, so that an actor can ask who sent a message. Any thread.
#pragma once
#include "actors/transport/identity.hpp"
#include <caf/node_id.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace salond {

/// Node ids of live connections, and of those that closed less than a minute ago: what such a one sent may still wait
/// in a mailbox, and must not become another person's. A node id that belongs to one person is refused to all others.
class bindings {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Who is at the other end of a live connection. Nothing: a stranger, a closed connection, a local actor.
  std::optional<peer> who(const caf::node_id& node) const;

  /// Counts one connection more; false when the node id is another person's, or when they have `most_open` already.
  bool bind(const caf::node_id& node, const peer& whom, size_t most_open, time_point now);

  /// Counts one less. REQUIRES: bind() said true.
  void unbind(const caf::node_id& node, time_point now);

private:
  struct binding {
    peer whom;
    size_t open = 0;
    time_point closed;
  };

  void forget_the_gone(time_point now);

  mutable std::mutex guard_;
  std::unordered_map<caf::node_id, binding> bound_;
  std::map<identity, size_t> open_;
  std::deque<std::pair<time_point, caf::node_id>> gone_; ///< the oldest first; some have come back since
};

} // namespace salond
