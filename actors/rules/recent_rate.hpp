// How often something happens, of late.
#pragma once
#include "protocol/words/time.hpp"
#include <array>
#include <cstdint>

namespace salond::rules {

/// The mean of the last ten whole seconds. A few words of memory, whatever is counted.
class recent_rate {
public:
  void add(uint64_t count, instant now) {
    auto& counted = at(second_of(now));
    if (counted.second != second_of(now))
      counted = {second_of(now), 0};
    counted.count += count;
  }

  double a_second(instant now) const {
    uint64_t sum = 0;
    for (const auto& counted : seconds_)
      if (counted.second < second_of(now) && counted.second >= second_of(now) - mean_of)
        sum += counted.count;
    return static_cast<double>(sum) / mean_of;
  }

private:
  static constexpr int mean_of = 10;
  struct counted {
    int64_t second = -2 * mean_of;
    uint64_t count = 0;
  };
  static int64_t second_of(instant time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  }
  counted& at(int64_t second) { return seconds_[static_cast<size_t>(second) % seconds_.size()]; }

  std::array<counted, mean_of + 1> seconds_; ///< and the one that runs
};

} // namespace salond::rules
