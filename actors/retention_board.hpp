// What the actor that removes old messages is to go by, and how far it is: for it, for the server, which hears new
// settings, and for operators. Any thread.
#pragma once
#include "config/config.hpp"
#include <mutex>

namespace salond {

class retention_board {
public:
  struct view {
    config::retention settings;
    bool runs = false;    ///< it is removing some
    uint64_t removed = 0; ///< messages, since the start
    uint64_t changes = 0; ///< rises with each change of what is too old
  };

  explicit retention_board(const config::retention& settings) { all_.settings = settings; }

  view now() const {
    const std::lock_guard lock{mutex_};
    return all_;
  }
  void take(const config::retention& settings) {
    const std::lock_guard lock{mutex_};
    all_.settings = settings;
    ++all_.changes;
  }
  /// A salon has other days from now on.
  void changed() {
    const std::lock_guard lock{mutex_};
    ++all_.changes;
  }
  void says_runs(bool runs) {
    const std::lock_guard lock{mutex_};
    all_.runs = runs;
  }
  void add_removed(uint64_t count) {
    const std::lock_guard lock{mutex_};
    all_.removed += count;
  }

private:
  mutable std::mutex mutex_;
  view all_;
};

} // namespace salond
