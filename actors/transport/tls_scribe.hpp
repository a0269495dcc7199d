// One connection of BASP over TLS, as CAF's brokers see it: frames that the gate has passed come in, bytes go out.
// I/O thread only.
#pragma once
#include "actors/transport/tls_socket.hpp"

namespace salond {

/// A tls_socket whose peer is let in when BASP's handshake has come: its node id is bound to its certificate then.
class tls_scribe final : public tls_socket {
public:
  /// What a connection is made of.
  struct origin {
    tls_socket::origin socket;
    caf::node_id us;
    std::shared_ptr<dial_report> report; ///< of a connection that we open
  };

  /// Takes the descriptor, connected or connecting, and not blocking.
  tls_scribe(caf::io::network::default_multiplexer& loop, int descriptor, origin from);
  ~tls_scribe() override;

  // What a broker calls.
  void configure_read(caf::io::receive_policy::config policy) override;
  std::vector<char>& wr_buf() override { return fresh_; }
  std::vector<char>& rd_buf() override { return in_; }
  void flush() override;
  void graceful_shutdown() override;

protected:
  step take(std::vector<char>& heard) override;
  std::string_view to_say() override;
  void advance(size_t said) override { done_ += said; }
  void ended(phase was, const dial_failure& why) override;
  const char* why_late() const override { return "no BASP handshake in time"; }

private:
  void unbind();
  void report(const char* message, const std::string& why = {});
  step take_frame();
  gate::refusal judge_frame();
  gate::refusal open();
  bool whole();

  gate gate_;
  std::shared_ptr<dial_report> report_;
  std::vector<char> in_, fresh_, out_; // a frame; what the broker wrote; what is to be encrypted, from done_ on
  size_t want_ = gate::header_size, got_ = 0, done_ = 0;
  bool launched_ = false, in_payload_ = false, bound_ = false;
  caf::node_id node_;
};

} // namespace salond
