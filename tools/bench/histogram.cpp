#include "tools/bench/histogram.hpp"
#include <algorithm>
#include <cmath>

namespace salond::bench {

// A bucket's number is the position of the highest bit, then the six bits below it.
void histogram::record(std::chrono::nanoseconds duration) {
  const auto us = static_cast<uint64_t>(std::max<int64_t>(duration.count() / 1000, 1));
  const auto bits = 63 - __builtin_clzll(us);
  const auto octave = std::max(bits - fine_bits, 0);
  const auto bucket = (static_cast<uint64_t>(octave) << fine_bits) + (us >> octave);
  ++buckets_[std::min<uint64_t>(bucket, buckets_.size() - 1)];
  ++count_;
  max_us_ = std::max(max_us_, us);
}

double histogram::quantile_ms(double share) const {
  const auto wanted = std::max<uint64_t>(1, static_cast<uint64_t>(std::ceil(share * static_cast<double>(count_))));
  uint64_t seen = 0;
  for (uint64_t bucket = 0; bucket < buckets_.size() && count_ > 0; ++bucket) {
    seen += buckets_[bucket];
    if (seen < wanted)
      continue;
    const auto octave = bucket < (2u << fine_bits) ? 0 : (bucket >> fine_bits) - 1;
    const auto longest = ((bucket - (octave << fine_bits) + 1) << octave) - 1;
    return static_cast<double>(std::min(longest, max_us_)) / 1000;
  }
  return 0;
}

double histogram::max_ms() const {
  return static_cast<double>(max_us_) / 1000;
}

} // namespace salond::bench
