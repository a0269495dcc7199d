// Who acts on what comes over the links of a node.
#pragma once
#include "actors/cluster/frames.hpp"

namespace salond::cluster {

/// Called on the I/O thread. Each takes the frames that are meant for it, and leaves the others alone.
class peer_hearer {
public:
  virtual ~peer_hearer() = default;

  /// A session with the peer began; whatever relied on the one before is over.
  virtual void peer_up(node_id peer) = 0;
  /// It ended.
  virtual void peer_down(node_id peer) = 0;
  /// `body` may be moved from by whom it is meant for.
  virtual void peer_said(node_id peer, frame_body& body) = 0;
  /// That run's work is over; it never becomes untrue.
  virtual void run_gone(node_id run) = 0;
};

} // namespace salond::cluster
