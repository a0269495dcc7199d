// How much of a turn of the loop handshakes may take. A handshake is computed on the loop's thread: 0.1 ms with P-256,
// 5 ms with RSA of 4096 bits. If many come at once, those beyond wait in a queue, outside of the loop. A socket that
// stays in the loop is reported in each turn. The loop takes 64 reports a turn, so it would come to the others late.
#pragma once
#include <algorithm>
#include <caf/io/network/default_multiplexer.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <utility>

namespace salond {

/// One for each loop, for all of its doors. I/O thread only.
class handshake_pace {
public:
  using duration = std::chrono::steady_clock::duration;

  /// The time for handshakes in a turn. The step that goes over it is the last of the turn.
  static constexpr std::chrono::milliseconds max_a_turn{2};

  /// Whether another step may be computed now. False while others wait, except for these.
  bool allows() const { return spent_ < max_a_turn; }
  /// Counts a step. True for the first one of a turn: then the caller has next_turn() called in the next turn.
  bool spend(duration time) {
    const auto first = spent_ == duration::zero();
    spent_ += std::max(time, duration{1});
    return first;
  }
  /// Calls `go_on` once, in a turn that has time for its step. REQUIRES: not allows().
  void wait(std::function<void()> go_on) { waiting_.push_back(std::move(go_on)); }
  /// Serves the waiting steps, the first come first, while there is time.
  void next_turn() {
    spent_ = duration::zero();
    while (allows() && !waiting_.empty()) {
      const auto go_on = std::move(waiting_.front());
      waiting_.pop_front();
      go_on();
    }
  }

private:
  duration spent_{};
  std::deque<std::function<void()>> waiting_; ///< not empty: a step was computed in this turn, so another turn follows
};

/// The pace of this thread's loop.
inline handshake_pace& pace_of_handshakes() {
  static thread_local handshake_pace pace;
  return pace;
}

/// Computes a step of a handshake, and has it counted. REQUIRES: pace_of_handshakes().allows().
template <class Step>
void handshake_step(caf::io::network::default_multiplexer& loop, Step step) {
  const auto start = std::chrono::steady_clock::now();
  step();
  if (pace_of_handshakes().spend(std::chrono::steady_clock::now() - start))
    loop.post([] { pace_of_handshakes().next_turn(); });
}

} // namespace salond
