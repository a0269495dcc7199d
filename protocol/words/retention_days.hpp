// For how long messages are kept, in days: for the configuration, the store and the rules alike.
#pragma once
#include <cstdint>

namespace salond {

/// A hundred years. More days are nobody's wish, and too many to count back from now.
constexpr int64_t max_retention_days = 36500;

} // namespace salond
