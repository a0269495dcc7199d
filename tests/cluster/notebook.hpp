// The record of a run, while it is written by several threads.
#pragma once
#include "tests/cluster/record.hpp"
#include <chrono>
#include <mutex>

namespace salond::faults {

class notebook {
public:
  int64_t now_us() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin_).count();
  }
  /// Notes it as of now.
  void note(event event) {
    const std::lock_guard lock{guard_};
    event.at_us = now_us();
    events_.push_back(std::move(event));
  }
  /// A row of the database, or something that was understood later than it happened.
  void add(event event) {
    const std::lock_guard lock{guard_};
    events_.push_back(std::move(event));
  }
  std::vector<event> events() const {
    const std::lock_guard lock{guard_};
    return events_;
  }

private:
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  mutable std::mutex guard_;
  std::vector<event> events_;
};

} // namespace salond::faults
