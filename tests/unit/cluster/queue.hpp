// What happens next: the only thing that moves time.
#pragma once
#include "tests/unit/cluster/basics.hpp"
#include <algorithm>
#include <functional>
#include <vector>

namespace salond::simulation {

/// Which part of the world an event happens to; a part that stands still gets its events later.
enum class part { world, store, io_thread, beat_thread };

struct event {
  ticks at = 0;
  uint64_t order = 0; ///< of events at the same time: as they were made
  part where = part::world;
  int slot = 0; ///< of a node's parts: which node
  int life = 0; ///< and which of its lives; events of an earlier one are dropped
  std::function<void()> work;
};

class event_queue {
public:
  ticks now() const { return now_; }
  bool empty() const { return heap_.empty(); }
  ticks next_at() const { return heap_.front().at; }

  void add(event event) {
    event.order = ++made_;
    heap_.push_back(std::move(event));
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  /// Moves time to the next event. REQUIRES: not empty.
  event take() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    auto result = std::move(heap_.back());
    heap_.pop_back();
    now_ = std::max(now_, result.at);
    return result;
  }
  uint64_t made() const { return made_; }

private:
  static bool later(const event& a, const event& b) { return a.at != b.at ? a.at > b.at : a.order > b.order; }

  ticks now_ = 0;
  uint64_t made_ = 0;
  std::vector<event> heap_;
};

} // namespace salond::simulation
