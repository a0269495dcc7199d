// The two kinds of time: what calendars show, and what time-outs are made of.
#pragma once
#include <chrono>

namespace salond {

/// A point on the wall clock (UTC), to the millisecond: what is stored and shown.
using moment = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

/// A point on the steady clock: what time-outs, pacing and rates are made of.
using instant = std::chrono::steady_clock::time_point;

/// Milliseconds since 1970-01-01T00:00:00Z.
inline int64_t to_ms(moment when) {
  return when.time_since_epoch().count();
}
inline moment from_ms(int64_t ms) {
  return moment{std::chrono::milliseconds{ms}};
}

} // namespace salond
