// Counts of messages that were told in salons, since the start and of late. A delivery is a message to one subscriber.
#pragma once
#include "actors/rules/recent_rate.hpp"

namespace salond::rules {

class delivery_count {
public:
  /// Counts messages, each of which was told to as many subscribers.
  void add(uint64_t messages, uint64_t subscribers, instant now) {
    messages_ += messages;
    deliveries_ += messages * subscribers;
    recent_messages_.add(messages, now);
    recent_deliveries_.add(messages * subscribers, now);
  }
  uint64_t messages() const { return messages_; }
  uint64_t deliveries() const { return deliveries_; }
  double messages_a_second(instant now) const { return recent_messages_.a_second(now); }
  double deliveries_a_second(instant now) const { return recent_deliveries_.a_second(now); }

private:
  uint64_t messages_ = 0, deliveries_ = 0;
  recent_rate recent_messages_, recent_deliveries_;
};

} // namespace salond::rules
