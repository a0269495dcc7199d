// Whether a hash that waits for a thread is still wanted. Shared by who asked for it and the threads.
#pragma once
#include <atomic>

namespace salond {

class hash_ticket {
public:
  /// A thread begins: from now on nobody takes it back. false: it was taken back.
  bool begin() { return leave_waiting(state::begun); }
  /// It is not wanted any more, and nobody will hash it. false: it was begun, or another took it back.
  bool take_back() { return leave_waiting(state::taken_back); }
  bool taken_back() const { return state_ == state::taken_back; }
  /// It was begun, and came to nothing.
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
