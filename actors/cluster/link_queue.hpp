// What waits to be written to one peer: frames as bytes, in their order. A plain object: it knows no socket.
//
// What a node has to tell another may be lost, so a peer that is slow or silent costs no more than a bound: above it
// all that waits is dropped, and the link ends, so that both know that something is missing.
#pragma once
#include "actors/cluster/frames.hpp"
#include <deque>
#include <string>

namespace salond::cluster {

class link_queue {
public:
  /// Frames that wait are written together, so many bytes at once; a frame that is longer goes alone.
  static constexpr size_t write_bytes = 64 << 10;
  /// More than that does not wait for one peer.
  static constexpr size_t max_bytes = 8 << 20;

  enum class outcome {
    queued,
    overflow, ///< too much waits: all of it was dropped
    too_long  ///< no frame may be so long: it was not queued
  };
  /// Queues a frame behind the others.
  outcome add(const frame& outgoing);
  /// Queues one of the link's own ahead of all that waits: it does not arrive later because much does. A ping says
  /// written(), so it is true where it stands. Of these no more than write_bytes wait.
  outcome add_first(const frame_body& body);

  /// What is to be written next; empty when nothing waits. It is the caller's from then on.
  std::string take();

  bool empty() const { return first_.empty() && chunks_.empty(); }
  /// Bytes that wait.
  size_t bytes() const { return bytes_; }
  /// The number of the last frame that was taken.
  int64_t written() const { return written_; }
  /// A new session: nothing waits, nothing is written.
  void clear();

private:
  void begin_chunk(int64_t number);

  struct chunk {
    std::string bytes;
    int64_t last = 0; ///< number
  };

  std::string first_;
  std::deque<chunk> chunks_;
  std::string spare_; ///< the next frame's bytes
  size_t bytes_ = 0;
  int64_t written_ = 0;
};

} // namespace salond::cluster
