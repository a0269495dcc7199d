// A prepared statement has a fixed number of rows. These are the numbers that are prepared: few kinds, each once.
#pragma once
#include <cstddef>

namespace salond::persistence {

/// Rows of an INSERT of many, and numbers in an IN list.
constexpr size_t row_classes[] = {512, 128, 16, 1};
constexpr size_t list_classes[] = {64, 8, 1};

/// Cuts `total` rows into pieces of these classes, the greatest first: `each(from, count)` is called for one after the
/// other. REQUIRES: the classes fall, and end with 1.
template <size_t Count, class Each>
void in_classes(const size_t (&classes)[Count], size_t total, Each each) {
  size_t from = 0;
  for (const auto size : classes)
    for (; total - from >= size; from += size)
      each(from, size);
}

} // namespace salond::persistence
