// What all parts of the simulation share: time that only events move, chance that only the seed decides, and the faults
// that can be planted. docs/decisions/0032-homes-and-the-fence.md says what is simulated.
#pragma once
#include "actors/rules/cluster/frames.hpp"
#include <cstdint>
#include <stdexcept>
#include <string>
#include <variant>

namespace salond::simulation {

namespace cluster = rules::cluster;
using cluster::node_id;

/// Microseconds since the schedule began.
using ticks = int64_t;
constexpr ticks millisecond = 1000, second = 1000 * millisecond;

/// The same for the rules: each node's steady clock.
inline instant instant_of(ticks when) {
  return instant{} + std::chrono::microseconds{when};
}

constexpr int nodes = 3, salons = 3, users = 4;

/// A salon's number, from its place among `salons`.
inline salon_id salon_at(int place) {
  return {place + 1};
}
inline int place_of(salon_id which) {
  return static_cast<int>(which.value) - 1;
}

/// Numbers that depend on the seed alone (splitmix64).
class chance {
public:
  explicit chance(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15 + 0x1234567) {}

  uint64_t next() {
    uint64_t x = state_ += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }
  /// From 0 up to below `end`.
  int below(int end) { return static_cast<int>(next() % static_cast<uint64_t>(end)); }
  ticks between(ticks from, ticks to) {
    return from + static_cast<ticks>(next() % static_cast<uint64_t>(to - from + 1));
  }
  bool percent(int how_often) { return below(100) < how_often; }

private:
  uint64_t state_;
};

/// Mistakes that an implementer could make. Each changes what the rules are given, or what is done of what they say;
/// the rules themselves stay as they are.
enum class planted {
  none,
  fence_only_read,         ///< an append reads the fence and does not change its row
  numbers_before_fence,    ///< the last order number is read when a node begins to look lost
  clock_judges,            ///< who is lost is judged by times in the rows and the reader's clock
  gap_counted,             ///< rounds of its own that failed count as if they had read the same
  claim_unlocked,          ///< a salon is claimed by what its row said before it was locked
  claim_without_fence,     ///< a salon is claimed from a node that cannot be reached
  sessions_left_open,      ///< the transactions that a lost node left open are not ended
  own_session_left_open,   ///< nor is this node's own that was lost on the way
  hung_node_beats,         ///< a node beats though its I/O thread hangs
  batch_epoch_unchecked,   ///< a batch of an older epoch is heard
  post_epoch_unchecked,    ///< a home takes a post that was meant for an earlier epoch
  post_chain_unchecked,    ///< a home takes a post whose predecessor was lost
  told_hole,               ///< a batch is told though the message before it was not
  answered_before_listed,  ///< a home answers where the salon is, and lists the node a moment later
  resent_unseen,           ///< posts are sent again before the store was looked into
  handed_over_early,       ///< a salon's row names another before the last append is answered
  older_run_heard,         ///< frames of and to earlier runs and sessions are taken
  dropped_queue_unnoticed, ///< a queue is dropped and the session goes on
  pings_unchecked,         ///< nobody looks whether all frames arrived
  outcome_guessed,         ///< a commit without an answer is taken for refused
  told_before_stored,      ///< messages are told when they are sent to the store
  news_by_row_number,      ///< news are numbered when they are inserted, not when they are committed
  lost_posts_refused,      ///< posts on their way are refused when their home is lost
  last
};
const char* name_of(planted which);

/// A promise was broken.
struct broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// --- what goes between nodes ---

struct hello {};
struct welcome {};
struct farewell {};
/// A run is gone, the hearer's own or another.
struct gone {
  node_id run;
};
/// How many frames were sent before it, and whether the sender's rounds succeed.
struct ping {
  int64_t sent = 0;
  bool beats = false;
};
using frame_body = std::variant<hello, welcome, farewell, gone, ping, cluster::attach, cluster::attached,
                                cluster::attach_again, cluster::post, cluster::batch>;

} // namespace salond::simulation
