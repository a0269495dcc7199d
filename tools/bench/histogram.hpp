// Durations counted in buckets that are each 1.6 % wide, so that a million of them cost 15 KiB and no sorting.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>

namespace salond::bench {

/// Counts durations from 1 µs to about an hour; what is shorter or longer counts as that.
class histogram {
public:
  void record(std::chrono::nanoseconds duration);
  uint64_t count() const { return count_; }
  /// The duration that `share` (0 to 1) of all do not exceed, in milliseconds, at most 1.6 % too long; 0 when empty.
  double quantile_ms(double share) const;
  double max_ms() const;
  void clear() { *this = {}; }

private:
  static constexpr int fine_bits = 6, octaves = 32;
  std::array<uint64_t, octaves << fine_bits> buckets_{};
  uint64_t count_ = 0;
  uint64_t max_us_ = 0;
};

} // namespace salond::bench
