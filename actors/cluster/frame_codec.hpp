// Frames as bytes. A frame is the length of what follows (4 bytes, the highest first), its kind, its number, and its
// fields; a field is a key and a value, and one that is 0 or empty is left out. Whoever does not know a field or a kind
// leaves it out: so nodes of two versions understand one another (docs/cluster-frames.md has all of it).
//
// Bytes come from another node, which is trusted, and may still be of a version or a program that is mistaken: any
// bytes are legal here, cost no more than their number and a bound, and what no node would say is refused with a
// reason.
#pragma once
#include "actors/cluster/frames.hpp"
#include <optional>
#include <string>
#include <string_view>

namespace salond::cluster {

/// No frame is longer. A post holds one text (limits.frame_bytes of the configuration, 8 KiB where not said); what
/// holds many texts is to be cut at about link_queue::write_bytes.
constexpr size_t max_frame_bytes = 4 << 20;
/// A list in a frame has no more entries.
constexpr size_t max_entries = 16384;

/// Appends the frame's bytes. False, and nothing is appended, when it would be longer than a frame may be.
bool append_frame(std::string& to, const frame& outgoing);

/// Takes the stream of one connection apart.
class frame_reader {
public:
  /// Takes bytes of the peer.
  void feed(std::string_view bytes) { bytes_.append(bytes); }

  enum class outcome {
    incomplete, ///< more bytes are needed
    taken,      ///< in body()
    unknown,    ///< a kind of frame that this version does not know: left out, its number counts
    broken      ///< no frame at all: why(). Nothing can be read any more
  };
  outcome next();
  /// REQUIRES: next() said taken. It may be moved from.
  frame& taken() { return taken_; }
  /// REQUIRES: next() said unknown.
  int64_t number() const { return taken_.number; }
  const std::string& why() const { return why_; }

  size_t unread() const { return bytes_.size() - at_; }

private:
  outcome fail(const char* why);
  void forget_read();

  std::string bytes_; // from at_ on
  size_t at_ = 0;
  frame taken_;
  std::string why_;
};

/// The pieces of a batch, each of at most about `most` bytes, in their order; each names the message before its first.
/// What is refused is in the last one, behind what is told.
std::vector<batch> cut(batch whole, size_t most);

} // namespace salond::cluster
