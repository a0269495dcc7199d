// How often something failed of late. This decides between starting it again and giving up.
#pragma once
#include "protocol/words/time.hpp"
#include <algorithm>
#include <vector>

namespace salond::rules {

class failures {
public:
  /// One more, at `now`; answers how many there were in the last minute, this one included.
  size_t add(instant now) {
    times_.push_back(now);
    times_.erase(std::remove_if(times_.begin(), times_.end(),
                                [now](instant then) { return now - then > std::chrono::minutes{1}; }),
                 times_.end());
    return times_.size();
  }

private:
  std::vector<instant> times_;
};

} // namespace salond::rules
