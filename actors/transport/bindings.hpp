// Binds node ids to persons. CAF's messages carry a node id that the peer chose for itself; its connection carries a
// certificate. An actor can ask here who sent a message. Any thread.
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

/// Node ids of live connections, and of connections that closed less than a minute ago: their messages may still wait
/// in a mailbox, and must not become another person's. A node id that belongs to one person is refused to all others.
class bindings {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// The peer at the other end of a live connection. Nothing: a stranger, a closed connection, a local actor.
  std::optional<peer> who(const caf::node_id& node) const;

  /// Counts one connection more. False: the node id is another person's, or this person has `max_open` already.
  bool bind(const caf::node_id& node, const peer& whom, size_t max_open, time_point now);

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
  std::deque<std::pair<time_point, caf::node_id>> gone_; ///< the oldest first; some have come back meanwhile
};

} // namespace salond
