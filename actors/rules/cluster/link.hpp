// One side of the link between two nodes: which connection of them counts, and whether all that was sent arrived.
//
// The node with the lesser name dials, and each of its hellos begins a session. A side knows one session at a time and
// takes nothing of another: so a connection that only one side knows to be dead neither keeps out the next one, nor do
// its frames count. The frames of a session are numbered. Each second a ping names the last number: where a frame is
// missing then, be it that a queue was dropped or that a frame could not be read, the session ends, and with it all
// that relied on it. Until then who misses something in one salon notices it there (subscription.hpp, home.hpp).
#pragma once
#include "actors/rules/cluster/values.hpp"
#include "protocol/words/time.hpp"

namespace salond::rules::cluster {

/// What each frame begins with.
struct heading {
  node_id from, to;
  int64_t session = 0;
  int64_t number = 0; ///< in this session and direction, from 1 on; 0: a hello, a welcome, a ping or a farewell
};

class link {
public:
  /// Without a ping for so long a session ends.
  static constexpr auto silence = std::chrono::seconds{3};

  link(node_id self, node_id peer, bool dials) : self_(self), peer_(peer), dials_(dials) {}

  node_id peer() const { return peer_; }
  bool dials() const { return dials_; }
  bool up() const { return up_; }

  /// The hello of a new session, which ends the old one. REQUIRES: dials().
  heading dial();
  /// A hello came. True: a new session is up, and is to be answered with a welcome; what was listed in the old one is
  /// over.
  bool hear_hello(const heading& head, instant now);
  /// A welcome came. True: the session is up.
  bool hear_welcome(const heading& head, instant now);

  /// For the next frame. REQUIRES: up().
  heading next() { return {self_, peer_, session_, ++sent_}; }
  /// For a welcome, a ping or a farewell.
  heading control() const { return {self_, peer_, session_, 0}; }
  /// The number of the last frame: what a ping says.
  int64_t sent() const { return sent_; }

  /// Whether a frame is to be taken: it is of this session, and new.
  bool takes(const heading& head);
  /// A ping came, which says that `sent` frames were sent before it.
  enum class ping { fine, stale, missing };
  ping hear_ping(const heading& head, int64_t sent, instant now);
  /// A farewell came. True: the session has ended.
  bool hear_farewell(const heading& head);
  bool silent(instant now) const { return up_ && now - heard_ > silence; }

  /// The session ends: a queue was dropped, something is missing, the peer is silent, or this node was in doubt. The
  /// side that dials begins the next one; the other one sends a farewell.
  void end();

private:
  bool ours(const heading& head) const { return head.from == peer_ && head.to == self_ && head.session == session_; }
  void begin(int64_t session, instant now);

  node_id self_, peer_;
  bool dials_;
  bool up_ = false;
  int64_t session_ = 0;
  int64_t sent_ = 0;
  int64_t heard_up_to_ = 0;     ///< without a gap
  std::vector<int64_t> beyond_; ///< heard behind a gap
  instant heard_{};
};

} // namespace salond::rules::cluster
