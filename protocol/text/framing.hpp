// Frames of the text protocol: out of a client's bytes, and into writes for a client that has no framing.
// docs/text-protocol.md, "Framing", is normative. Plain objects: the caller brings bytes and the time.
#pragma once
#include "protocol/codec.hpp"
#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace salond::text {

/// The guesses and limits of the framing.
struct text_options {
  std::chrono::milliseconds raw_after{150};
  std::chrono::milliseconds raw_gap{20};
  std::chrono::milliseconds pace{25};
  size_t frame_bytes = 8192; ///< 0: no limit
};

/// Whether a client ends its frames.
enum class client_kind { unknown, line, raw };

/// A client's bytes, cut into frames.
class frame_reader {
public:
  explicit frame_reader(const text_options& options) : options_(options) {}

  void feed(std::string_view bytes, instant now);
  void end_input() { ended_ = true; }

  struct frame {
    enum class kind { whole, too_long, fatally_too_long, end };
    kind what = kind::whole;
    std::string bytes; ///< without its end
  };
  /// The next frame; nothing until more bytes or more time have come. `end` comes once, after all others.
  std::optional<frame> next(instant now);

  client_kind kind() const { return kind_; }
  size_t unread() const { return input_.size() - taken_; }
  /// What has come of the frame that is next, as far as it is there.
  std::string_view beginning() const { return std::string_view{input_}.substr(taken_); }
  std::optional<instant> deadline() const;

private:
  std::optional<frame> next_line();
  std::optional<frame> next_raw(instant now);
  frame next_of_raw_frame();
  std::optional<frame> at_end();
  void drop(size_t size);
  bool too_long(size_t size) const { return options_.frame_bytes != 0 && size > options_.frame_bytes; }

  text_options options_;
  client_kind kind_ = client_kind::unknown;
  std::string input_;  ///< from taken_ on
  size_t taken_ = 0;
  size_t searched_ = 0; ///< of input_: holds no '\n' before it (and from taken_ on)
  instant first_byte_{}, last_byte_{};
  std::vector<size_t> raw_ends_; ///< where raw frames end in input_, by the pauses between bytes
  std::string raw_frame_;        ///< a raw frame whose commands are given out one by one
  bool skipping_ = false; ///< up to the end of a line that was too long
  bool ended_ = false, end_told_ = false;
};

/// Texts for a raw client: each a write of its own, never two within the pace; several in one when too many wait.
class paced_writer {
public:
  explicit paced_writer(std::chrono::milliseconds pace) : pace_(pace) {}

  void say(std::string text);
  /// Nothing comes after it; all that waits goes out within a second, `closing` (if not empty) as a write of its own.
  void close(std::string closing);
  /// The next write, if its time has come.
  std::optional<std::string> next(instant now);
  size_t unsent() const { return unsent_; }
  std::optional<instant> deadline() const;

private:
  std::string take_one();

  std::chrono::microseconds pace_; ///< less than configured when closing has little time
  std::deque<std::string> waiting_;
  std::string closing_; ///< after all that waits
  size_t unsent_ = 0;
  std::optional<instant> last_write_;
  bool joining_ = false;
};

} // namespace salond::text
