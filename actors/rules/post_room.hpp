// How many posts of this node a salon has not answered yet, and which connections wait until there are fewer.
#pragma once
#include "protocol/words/ids.hpp"
#include <deque>
#include <optional>

namespace salond::rules {

class post_room {
public:
  /// Whether there is no room left. `max`: posts in flight at once, 0 for any number.
  bool full(size_t max) const { return max != 0 && in_flight_ >= max; }
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
  void park(connection_id connection) { parked_.push_back(connection); }
  /// Takes out the connection that waits longest, if there is room.
  std::optional<connection_id> take_parked(size_t max) {
    if (parked_.empty() || full(max))
      return std::nullopt;
    const auto connection = parked_.front();
    parked_.pop_front();
    return connection;
  }

private:
  size_t in_flight_ = 0;
  std::deque<connection_id> parked_;
};

} // namespace salond::rules
