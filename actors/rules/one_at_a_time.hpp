// Work that goes one piece at a time, in the order in which it came. Pure: who begins a piece says when it is over.
#pragma once
#include <deque>
#include <functional>
#include <utility>

namespace salond::rules {

class one_at_a_time {
public:
  /// Begins it now, or once all that came before is over.
  void put(std::function<void()> begin) {
    if (busy_)
      return waiting_.push_back(std::move(begin));
    busy_ = true;
    begin();
  }
  /// What was begun last is over: the next begins. REQUIRES: something was begun that is not over.
  void over() {
    busy_ = !waiting_.empty();
    if (!busy_)
      return;
    const auto next = std::move(waiting_.front());
    waiting_.pop_front();
    next();
  }

private:
  std::deque<std::function<void()>> waiting_;
  bool busy_ = false;
};

} // namespace salond::rules
