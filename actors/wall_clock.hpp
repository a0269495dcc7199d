// The one place where the actors read the calendar.
#pragma once
#include "protocol/words/time.hpp"

namespace salond {

/// Now, as it is stored and shown.
inline moment wall_clock() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

} // namespace salond
