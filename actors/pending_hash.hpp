// Whether a hash that waits for a thread is still wanted. The actor that asked for it shares this with the threads.
#pragma once
#include <atomic>

namespace salond {

class pending_hash {
public:
  /// A thread begins: from now on nobody can take it back. Answers false if it was taken back.
  bool begin() { return leave_waiting(state::begun); }
  /// The hash is not wanted any more, and no thread will make it. Answers false if a thread has begun, or if it was
  /// taken back already.
  bool take_back() { return leave_waiting(state::taken_back); }
  bool taken_back() const { return state_ == state::taken_back; }
  /// A thread began and failed: it can be taken back again.
  void failed() { state_ = state::waiting; }

private:
  enum class state { waiting, begun, taken_back };

  bool leave_waiting(state next) {
    auto expected = state::waiting;
    return state_.compare_exchange_strong(expected, next);
  }

  std::atomic<state> state_{state::waiting};
};

} // namespace salond
