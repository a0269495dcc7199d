// How many posts of this node a salon is yet to answer, and which connections wait until it is fewer.
#pragma once
#include "protocol/words/ids.hpp"
#include <deque>
#include <optional>

namespace salond::rules {

class post_room {
public:
  /// Whether there is none left. `most`: posts in flight at once, 0 for any number.
  bool full(size_t most) const { return most != 0 && in_flight_ >= most; }
  size_t in_flight() const { return in_flight_; }
  size_t parked() const { return parked_.size(); }

  void sent() { ++in_flight_; }
  void answered() {
    if (in_flight_ > 0)
      --in_flight_;
  }
  /// The salon failed: it answers none of them.
  void lost() { in_flight_ = 0; }

  /// A connection's post waits for room.
  void park(connection_id who) { parked_.push_back(who); }
  /// Who waits longest, if there is room; it waits no more.
  std::optional<connection_id> take_parked(size_t most) {
    if (parked_.empty() || full(most))
      return std::nullopt;
    const auto who = parked_.front();
    parked_.pop_front();
    return who;
  }

private:
  size_t in_flight_ = 0;
  std::deque<connection_id> parked_;
};

} // namespace salond::rules
