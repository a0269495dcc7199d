// A prepared statement has a fixed number of rows. These are the numbers that are prepared: few kinds, each once.
#pragma once
#include <cstddef>

namespace salond::persistence::mysql {

/// Rows of an INSERT of messages. A multi-row INSERT is eight times as fast as single ones, and each statement costs a
/// way to the server and back: hence so close to one another that two or three make up nearly any group.
constexpr size_t insert_classes[] = {256, 192, 128, 96, 64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2, 1};

/// Numbers in an IN list.
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

} // namespace salond::persistence::mysql
