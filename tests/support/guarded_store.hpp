// A real store whose transactions a test can hold back and let fail: the database's faults, not its answers, are made
// up.
#pragma once
#include "persistence/store.hpp"
#include <condition_variable>
#include <mutex>

namespace salond::support {

/// What a test does to a store, from another thread.
class store_guard {
public:
  enum class access { writes, reads };

  /// From now on such questions wait, before they have done anything.
  void hold(access kind);
  /// Those that wait go on, and others follow.
  void release(access kind);
  /// How many wait.
  size_t held(access kind) const;
  /// The next `times` transactions end with this error; nothing of them is stored.
  void fail_writes(persistence::store_error::kind with, size_t times);
  /// The next `times` reads end with an error: the database went away between two questions.
  void fail_reads(size_t times);
  /// How many writes are yet to end with an error.
  size_t failures_left() const;
  /// Transactions that were committed.
  size_t committed() const;

private:
  friend class guarded_store;
  struct gate {
    bool closed = false;
    size_t waiting = 0;
  };
  gate& gate_of(access kind) { return kind == access::writes ? writes_ : reads_; }
  void pass(access kind);
  void fail_if_told();
  void fail_read_if_told();
  void count_commit();

  mutable std::mutex mutex_;
  std::condition_variable opened_;
  gate writes_, reads_;
  size_t failures_ = 0, read_failures_ = 0, committed_ = 0;
  persistence::store_error::kind fail_with_ = persistence::store_error::kind::unavailable;
};

/// `inner`, and its reader, under a guard.
std::unique_ptr<persistence::store> guarded(std::unique_ptr<persistence::store> inner, std::shared_ptr<store_guard> by);

} // namespace salond::support
