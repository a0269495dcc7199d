// Frames of the text protocol: out of a client's bytes, and into writes for a client that has no framing.
// docs/text-protocol.md, "Framing", is normative. Plain objects: the caller brings bytes and the time.
#pragma once
#include "protocol/codec.hpp"
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
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
enum class client_kind : uint8_t { unknown, line, raw };

/// A client's bytes, cut into frames. How the bytes were cut on their way makes no difference; only pauses do.
/// No byte is looked at twice for want of more, and an idle reader keeps next to no memory.
class frame_reader {
public:
  explicit frame_reader(const text_options& options) : options_(options) {}

  void feed(std::string_view bytes, instant now);
  void end_input() { ended_ = true; }
  /// Nothing more is read, and what has come is dropped.
  void stop();

  struct frame {
    enum class kind { whole, too_long, fatally_too_long, end };
    kind type = kind::whole;
    std::string bytes; ///< without its end
  };
  /// The next frame; nothing until more bytes or more time have come. `end` comes once, after all others; nothing comes
  /// after `fatally_too_long`. A first frame that is too long is fatal: nobody can know its kind before its end.
  std::optional<frame> next(instant now);

  client_kind kind() const { return kind_; }
  size_t unread() const { return input_.size() - taken_; }
  /// What has come of the frame that is next, and maybe of those behind it. The rest of a refused line is skipped
  /// first, so that what is seen here does not depend on how the bytes were cut.
  std::string_view beginning();
  std::optional<instant> deadline() const;
  const text_options& options() const { return options_; }

private:
  bool find_out_kind(instant now);
  std::optional<frame> next_line();
  std::optional<frame> next_raw(instant now);
  std::optional<frame> at_end();
  frame break_off();
  void skip_refused();
  void drop(size_t size);
  size_t line_end();
  bool too_long(size_t size) const { return options_.frame_bytes != 0 && size > options_.frame_bytes; }

  text_options options_;
  std::string input_; ///< from taken_ on
  size_t taken_ = 0;
  size_t searched_ = 0;          ///< of input_: holds no '\n' before it (and from taken_ on)
  std::vector<size_t> raw_ends_; ///< where raw frames end in input_, by the pauses between bytes
  instant first_byte_{}, last_byte_{};
  client_kind kind_ = client_kind::unknown;
  bool skipping_ = false; ///< up to the end of a line that was too long
  bool ended_ = false, end_told_ = false;
  bool stopped_ = false;
};

/// Texts for a raw client: each a write of its own, never two within the pace; several in one when too many wait.
class paced_writer {
public:
  explicit paced_writer(std::chrono::milliseconds pace) : pace_(pace) {}

  /// REQUIRES: valid UTF-8 without '\n'; an envelope of at most 700 bytes. A long text goes out in several writes, each
  /// of which begins with the envelope, so that none is a part of the text alone.
  void say(std::string_view text, std::string_view envelope = {});
  /// The same, of what others are told too: not copied. `text` and `envelope` stay as they are while `owner` lives.
  void say(std::shared_ptr<const void> owner, std::string_view text, std::string_view envelope);
  /// As say(), but it never shares a write. COMPAT: the old desktop client parses each frame of the login by itself.
  void say_alone(std::string_view text);
  /// Nothing comes after it; all that waits goes out within a second, `closing` (if not empty) as a write of its own.
  void close(std::string_view closing, instant now, std::string_view envelope = {});
  /// The next write, if its time has come.
  std::optional<std::string> next(instant now);
  /// Bytes that wait, each further envelope of a long text with them, without the '\n' that may join them.
  size_t unsent() const { return unsent_; }
  std::optional<instant> deadline() const;

private:
  enum class sharing { allowed, never };
  /// What is left of a text.
  struct waiting_text {
    std::shared_ptr<const void> owner; ///< of the bytes
    std::string_view envelope, rest;
    sharing share = sharing::allowed;
  };

  void queue(std::string_view text, std::string_view envelope, sharing allowed);
  void queue(waiting_text text);
  bool front_shares(size_t filled) const;
  void take_piece(std::string& to);
  size_t count_writes() const;
  std::string take_one();

  std::chrono::milliseconds pace_;
  std::deque<waiting_text> waiting_;
  size_t pieces_ = 0; ///< that the texts will be cut into
  size_t unsent_ = 0;
  instant next_write_ = instant::min(); ///< not before it
  instant done_by_{};                   ///< of a closing client
  size_t writes_left_ = 0;              ///< of a closing client
  bool closing_ = false;
};

} // namespace salond::text
