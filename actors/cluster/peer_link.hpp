// One side of the link with one peer: which of its connections counts, what is sent and heard over it, and how it goes.
// A plain object without sockets and clocks: it is told what came and when, and says what to do.
#pragma once
#include "actors/cluster/frame_codec.hpp"
#include "actors/cluster/link_queue.hpp"
#include "protocol/words/time.hpp"

namespace salond::cluster {

/// How a link goes. Counted since it was made, over all of its sessions.
struct link_counts {
  std::optional<double> round_trip_ms; ///< of the last ping; nothing while the link is down
  size_t unsent_bytes = 0;
  uint64_t frames_out = 0;   ///< without those of the link's own
  uint64_t messages_out = 0; ///< texts of people in them
  uint64_t catch_ups = 0;    ///< how often salons were attached by asking over it
  uint64_t drops = 0;        ///< how often all that waited was dropped, since it was too much
};

/// A peer as its row in the store has it.
struct link_peer {
  node_id run;
  std::string name; ///< as in its certificate
  std::string host; ///< where it is dialled
  uint16_t port = 0;
};

/// One link, for `salonctl nodes`.
struct link_state {
  node_id peer;
  std::string name;
  bool up = false;
  link_counts counts;
  std::string trouble; ///< why it is not up, as far as known
};

class peer_link {
public:
  /// `dials`: of the two this node begins the connections.
  peer_link(node_id self, node_id peer, bool dials) : rule_(self, peer, dials) {}

  node_id peer() const { return rule_.peer(); }
  bool dials() const { return rule_.dials(); }
  bool up() const { return rule_.up(); }
  link_queue& queue() { return queue_; }
  link_counts counts() const;

  /// A connection that this node dialled is there: queues the hello of a new session. What waited is dropped.
  /// REQUIRES: dials().
  void greet();
  /// A hello came over another connection than the one that counts. Why it is refused; null: that connection counts
  /// from now on, the session is up, and its welcome is queued.
  const char* welcome_of(const hello& said, instant now);

  enum class sent {
    queued,
    not_up, ///< there is no session: it is lost
    over    ///< too much waits, or it is too long: the session has ended
  };
  /// A post waits for others of the same turn: until the turn ends, or until a frame of another kind is sent.
  sent send(frame_body body);
  /// The end of a turn: queues what waited for it.
  sent finish_turn();

  /// What a frame means that came over the connection that counts.
  struct heard {
    enum class meaning : uint8_t {
      nothing, ///< done, or of no use
      up,      ///< the session is up
      alive,   ///< the peer lives, and `beats` says whether its rounds succeed
      told,    ///< it is for the node: the frame was not touched
      gone,    ///< the run in the frame is gone
      over     ///< the session has ended: why()
    };
    heard::meaning kind = meaning::nothing;
    bool beats = false;
  };
  heard hear(const frame& incoming, instant now);
  /// A frame of a kind that this version does not know.
  void hear_unknown(int64_t number);
  /// Why the last session ended by what was heard.
  const std::string& why() const { return why_; }

  /// Queues a ping. Why the session ends instead: the peer is silent, or too much waits; null: it goes on.
  const char* ping_now(bool beats, instant now);
  bool silent(instant now) const { return rule_.silent(now); }

  /// The session has ended, whatever it was. What waited is dropped.
  void end();

private:
  heard over(std::string why);
  heard hear_ping(const ping& said, instant now);
  heard hear_welcome(const welcome& said, instant now);
  heading heading_of(int64_t number) const;
  sent add(frame_body body);
  void drop_all();

  rules::cluster::link rule_;
  link_queue queue_;
  posts held_; ///< of this turn
  size_t held_bytes_ = 0;
  link_counts counts_;
  std::string why_;
  int64_t token_ = 0;
  instant asked_{};          ///< when the ping with that token was queued
  bool awaits_pong_ = false; ///< meanwhile pings measure nothing
};

/// Why nodes of these versions do not understand one another, with what to do; empty where they do.
std::string why_not_spoken(const spoken_versions& theirs, const std::string& program, const spoken_versions& ours = {});

} // namespace salond::cluster
