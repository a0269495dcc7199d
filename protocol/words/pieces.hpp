// What is handed out piece by piece: texts by their numbers, with what they weigh, so that no more of them is held at
// once than a client is about to read.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace salond {

/// Bytes of one piece. As much as a client may have unread of its answers: with less, a reader on a fast line would
/// wait for the database after every few texts.
inline constexpr size_t max_piece_bytes = 65536;

/// A stored text by its number, and what it takes to hold it.
struct weighed {
  int64_t number = 0;
  size_t bytes = 0;
};

/// What a text weighs: itself, its author's name, and as much again as a short frame has besides.
inline size_t weight_of(size_t text_bytes, size_t name_bytes) {
  return text_bytes + name_bytes + 32;
}

/// How many of the first ones make up a piece: at least one where there is one, however much it weighs.
inline size_t count_of_piece(const std::vector<weighed>& all) {
  size_t count = 0, bytes = 0;
  for (const auto& each : all) {
    bytes += each.bytes;
    if (count != 0 && bytes > max_piece_bytes)
      break;
    ++count;
  }
  return count;
}

/// The numbers of a piece, which are taken out of `from`.
inline std::vector<int64_t> take_piece(std::vector<weighed>& from) {
  std::vector<int64_t> result;
  const auto end = from.begin() + static_cast<std::ptrdiff_t>(count_of_piece(from));
  for (auto each = from.begin(); each != end; ++each)
    result.push_back(each->number);
  from.erase(from.begin(), end);
  return result;
}

} // namespace salond
