// The replaced server's protocol as a codec: line clients and raw clients on one port.
#pragma once
#include "protocol/text/framing.hpp"
#include <memory>

namespace salond::text {

class text_codec final : public codec {
public:
  explicit text_codec(const text_options& options) : options_(options), reader_(options) {}

  void feed(std::string_view bytes, instant now) override { reader_.feed(bytes, now); }
  void end_input(instant) override { reader_.end_input(); }
  std::optional<utterance> next(instant now) override;
  size_t unread() const override { return reader_.unread(); }
  void say(const event::any& what, instant now) override;
  void say_spelled(const shared_bytes& spelled, instant now) override;
  void say_last(const std::optional<event::any>& last, instant now) override;
  void drain(std::vector<shared_bytes>& out, instant now) override;
  size_t unsent() const override;
  std::optional<instant> deadline() const override;

private:
  std::optional<utterance> understand(const std::string& frame);
  bool raw() const { return reader_.kind() == client_kind::raw; }
  paced_writer& paced();
  void say_text(std::string texts);
  void say_raw(std::string_view texts);

  text_options options_;
  frame_reader reader_;
  bool in_session_ = false; ///< somebody is logged in: frames are commands
  bool greeted_ = false;    ///< the first frame was understood as something
  bool closed_ = false;     ///< nothing is said or heard any more
  std::vector<shared_bytes> lines_;         ///< of a line client
  size_t lines_bytes_ = 0;
  std::unique_ptr<paced_writer> paced_;     ///< of a raw client
};

/// What a first frame says. Never empty frames.
utterance first_frame(const std::string& frame);

/// What a frame in a session says; nothing for what is ignored (an empty text).
std::optional<utterance> session_frame(const std::string& frame);

} // namespace salond::text
