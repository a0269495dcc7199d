// Work that is done one piece at a time, in the order in which it came. Pure: the caller says when a piece is over.
#pragma once
#include <deque>
#include <functional>
#include <utility>

namespace salond::rules {

class one_at_a_time {
public:
  /// Begins the piece now, or once all that came before is over.
  void put(std::function<void()> begin) {
    if (busy_)
      return waiting_.push_back(std::move(begin));
    busy_ = true;
    begin();
  }
  /// The piece that was begun last is over: the next begins. REQUIRES: a piece was begun and is not over.
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
