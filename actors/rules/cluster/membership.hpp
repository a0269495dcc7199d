// Who of the nodes lives, in the eyes of one of them, and whether it may serve itself.
//
// Each node raises the counter `beat` in its row about once a second and reads all rows: a round. No two clocks are
// compared, nor is a time read from a row: a node counts its own rounds, and measures by its own steady clock how long
// another's counter stood still. A clock that jumps, or differs, changes nothing.
//
// A pause of the store stops everybody's counter. So a gap in one's own rounds begins all counts anew: who could not
// write may not conclude anything from the others' not writing.
#pragma once
#include "actors/rules/cluster/values.hpp"
#include "protocol/words/time.hpp"

namespace salond::rules::cluster {

/// One run's view of all. `now` is a clock that counts while the machine sleeps, or the process is stopped.
class membership {
public:
  /// Another is lost when its counter stood still for so many rounds, and for so long.
  static constexpr int lost_rounds = 3;
  static constexpr auto lost_after = std::chrono::seconds{3};
  /// Two ends of rounds that are farther apart, twice what they should be, have a gap between them.
  static constexpr auto max_gap = std::chrono::seconds{2};
  /// From when on others may take this node for lost.
  static constexpr auto doubt_after = std::chrono::seconds{3};
  /// For so long a peer has to say that it beats; with doubt_after: 15 s.
  static constexpr auto patience = std::chrono::seconds{12};
  /// What a peer said is true for so long.
  static constexpr auto word_holds = std::chrono::seconds{3};

  /// `began`: when writing its own row began.
  membership(node_id self, instant began) : self_(self), last_round_(began), last_end_(began) {}

  /// Somebody whose work is to be ended (failover.hpp), if the counter still is what was seen.
  struct lost {
    node_id node;
    int64_t beat = 0;
  };
  /// A round succeeded: its own counter was raised, and `rows` were read after that. Who is lost now; told again with
  /// each round until the row says that it is gone.
  std::vector<lost> round_succeeded(instant began, instant ended, std::vector<node_row> rows);
  /// A round failed, or was left out since the node must not say that it lives.
  void round_failed() { gap_ = true; }
  /// A peer said, in a ping, whether its own rounds succeed.
  void hear_peer(bool beats, instant now);
  /// The store, or a peer, said that a run is gone, this one or another. That never becomes untrue, so it may be
  /// believed at once, whatever an earlier reading says.
  void found_gone(node_id which);

  enum class standing {
    fine,
    doubtful, ///< it may be taken for lost: takes nothing and tells nothing
    closing,  ///< and others live: its clients are better off elsewhere
    gone      ///< others go on with its work: closes its clients at once, and joins as another run
  };
  standing standing_at(instant now) const;
  /// Whether its own rounds have a gap now: what it did not hear or read meanwhile says nothing about others.
  bool has_gap(instant now) const { return gap_ || now - last_end_ > max_gap; }
  /// Whether its own rounds succeed: what it says in its pings.
  bool beats(instant now) const { return !gone_ && now - last_round_ < doubt_after; }

  node_id self() const { return self_; }
  /// As the last round that succeeded read them.
  const std::vector<node_row>& rows() const { return rows_; }
  /// Rows of those long gone are removed: older than another, and not there, is gone.
  bool knows_gone(node_id which) const;
  /// Over how many of its own rounds, without a gap, another's counter has stood still.
  int rounds_without_beat(node_id which) const;

private:
  /// Since when a counter is what it is.
  struct still {
    node_id node;
    int64_t beat = 0;
    int rounds = 0;
    instant since{};
  };
  void watch(const node_row& row, bool anew, instant began, instant ended, std::vector<lost>& found);

  node_id self_;
  instant last_round_; ///< the beginning of the last that succeeded
  instant last_end_;
  bool gap_ = false, gone_ = false;
  std::optional<instant> others_beat_since_; ///< while this one does not
  instant others_beat_at_{};
  std::vector<node_row> rows_;
  std::vector<still> watched_;
};

/// Whether a node may say that it lives: its I/O thread turns, and its writer waits for work or got an answer lately,
/// whichever. One that hangs is as good as dead.
struct liveness {
  static constexpr auto lately = std::chrono::seconds{2};

  instant turned{};         ///< when the I/O thread last did
  instant answered{};       ///< when the writer last had an answer of the store, be it that it is away
  bool writer_waits = true; ///< for work

  bool may_beat(instant now) const { return now - turned < lately && (writer_waits || now - answered < lately); }
};

} // namespace salond::rules::cluster
