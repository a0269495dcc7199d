// The replaced server's protocol as a codec: line clients and raw clients on one port.
#pragma once
#include "protocol/text/framing.hpp"
#include <memory>

namespace salond::text {

/// Whether this is the last that a client is told: the replaced server closed after each registration, and after each
/// password that was wrong.
bool ends_with(const event::any& event);

/// The codec of the text protocol. docs/text-protocol.md is normative.
class text_codec final : public codec {
public:
  explicit text_codec(const text_options& options) : reader_(options) {}

  void feed(std::string_view bytes, instant now) override { reader_.feed(bytes, now); }
  void end_input(instant) override { reader_.end_input(); }
  std::optional<utterance> next(instant now) override;
  size_t unread() const override { return reader_.unread(); }
  bool pauses_matter() const override { return reader_.kind() != client_kind::line; }
  void say(const event::any& event, instant now) override;
  const spelling& spells() const override;
  void say_spelled(const shared_texts& spelled, instant now) override;
  void say_last(const std::optional<event::any>& last, instant now) override;
  void cut_off(const event::any& last, instant now) override;
  size_t rest_of_text(std::string_view write, size_t out) const override;
  bool ends_with(const event::any& event) const override { return text::ends_with(event); }
  void drain(std::vector<shared_bytes>& out, instant now) override;
  size_t unsent() const override;
  bool transparent() const override;
  std::optional<instant> deadline() const override;
  std::optional<instant> reading_deadline() const override { return reader_.deadline(); }
  std::optional<instant> writing_deadline() const override;

private:
  utterance understand(const std::string& frame);
  utterance refuse_foreign();
  bool raw() const { return reader_.kind() == client_kind::raw; }
  paced_writer& paced();
  void say_lines(std::string lines);
  void say_raw(const shared_texts& texts);
  void seal_fresh();

  frame_reader reader_;
  std::unique_ptr<paced_writer> paced_; ///< of a raw client
  std::vector<shared_bytes> lines_;     ///< of a line client, or one whose kind is not known yet
  std::string fresh_;                   ///< lines for this client alone, behind lines_
  size_t lines_bytes_ = 0;              ///< of lines_ and fresh_
  bool in_session_ = false;             ///< somebody is logged in: frames are commands
  bool closed_ = false;                 ///< nothing is said or heard any more
};

/// What a first frame says. Never empty frames.
utterance first_frame(const std::string& frame);

/// What a frame in a session says.
utterance session_frame(const std::string& frame);

} // namespace salond::text
