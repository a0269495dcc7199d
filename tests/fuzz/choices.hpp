// What the fuzz targets share: decisions made out of the input, and a check that the fuzzer notices.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace salond::fuzz {

/// An invariant: what does not hold ends the program, which libFuzzer and the replay take for a finding.
inline void demand(bool holds, const char* promise) {
  if (holds)
    return;
  std::fprintf(stderr, "does not hold: %s\n", promise);
  std::abort();
}

/// Decisions made out of the first bytes of an input; the rest is the text under test.
class choices {
public:
  choices(const uint8_t* data, size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  /// The next byte of the input; 0 at its end.
  uint8_t byte() {
    if (rest_.empty())
      return 0;
    const auto first = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return first;
  }
  std::string_view rest() const { return rest_; }

private:
  std::string_view rest_;
};

/// Numbers that depend on the seed alone: where to cut, how long to wait. The input need not say each of them.
class sequence {
public:
  explicit sequence(uint32_t seed) : state_(seed * 2654435761u + 1) {}

  /// From 0 up to below `end`.
  uint32_t below(uint32_t end) {
    state_ = state_ * 1664525u + 1013904223u;
    return (state_ >> 8) % end;
  }

private:
  uint32_t state_;
};

} // namespace salond::fuzz
