// One connection of BASP over TLS, as CAF's brokers see it: frames that the gate has passed come in, bytes go out.
// I/O thread only.
#pragma once
#include "actors/transport/dial_failure.hpp"
#include "actors/transport/gate.hpp"
#include "actors/transport/lobby.hpp"
#include "actors/transport/tls_session.hpp"
#include <caf/io/all.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace salond {

struct hub;

/// dialling → (silent →) shaking → greeting → open → dead. Accepted: no TLS object until a byte comes, and not a byte
/// of BASP is read or written until TLS is done. The node id is bound to the certificate when BASP's handshake came.
class tls_scribe : public caf::io::scribe {
public:
  /// What a connection is made of.
  struct origin {
    std::shared_ptr<hub> shared;
    std::shared_ptr<const port_rules> rules;
    gate::side side = gate::side::accepted;
    caf::node_id us;
    std::string address;                 ///< of the peer, numeric
    std::shared_ptr<dial_report> report; ///< of a connection that we open
  };

  /// Takes the descriptor, connected or connecting, and not blocking.
  tls_scribe(caf::io::network::default_multiplexer& loop, int descriptor, origin from);
  ~tls_scribe() override;

  /// Hangs up at once. REQUIRES: not inside a handler of the broker, which it calls.
  void end(const dial_failure& why);
  /// The same, for a half-open connection over its deadline.
  void end_late();
  /// Gives up on a peer that does not take our last bytes.
  void abort();

  bool accepted() const { return from_.side == gate::side::accepted; }
  bool silent() const { return at_ == phase::silent; }
  /// REQUIRES: the connection is, or was, open.
  const certificate_facts& certificate() const { return tls_->peer(); }
  lobby::place& place() { return place_; }

  // What a broker calls.
  void configure_read(caf::io::receive_policy::config policy) override;
  void ack_writes(bool) override {}
  std::vector<char>& wr_buf() override { return fresh_; }
  std::vector<char>& rd_buf() override { return in_; }
  std::string addr() const override { return from_.address; }
  uint16_t port() const override;
  void add_to_loop() override;
  void remove_from_loop() override { leave_loop(); }
  void flush() override;
  void graceful_shutdown() override;

private:
  enum class phase : uint8_t { dialling, silent, shaking, greeting, open, dead };
  /// What a step says: go on reading, or wait for the next event (also after the end).
  enum class step : uint8_t { go_on, wait };

  struct handler : caf::io::network::event_handler {
    handler(caf::io::network::default_multiplexer& loop, int descriptor, tls_scribe& owner);
    void handle_event(caf::io::network::operation what) override;
    void removed_from_loop(caf::io::network::operation what) override;
    void graceful_shutdown() override {}
    using caf::io::network::event_handler::activate; // protected in the base
    tls_scribe& scribe;
  };

  int descriptor() const { return events_.fd(); }
  void leave_lobby();
  void leave_loop();
  void report(const char* what, const std::string& why = {});
  void want_write(bool want);
  void report_end(const std::string& why);
  void shut_down();
  void finish();
  void on_event(caf::io::network::operation what);
  step connected(caf::io::network::operation what);
  step first_byte();
  void wait_for_handshake();
  bool start_tls();
  void write_some();
  bool send_sealed();
  void seal_some();
  void lose(const std::string& why);
  void read_some();
  void hear(std::string_view bytes);
  void end_failed();
  step shaken();
  step take_frames();
  step take_frame();
  gate::refusal judge_frame();
  gate::refusal open();
  bool whole();
  void read_on_later();

  handler events_;                                   // owns and closes the descriptor
  caf::intrusive_ptr<tls_scribe> reading_, writing_; // the loop's references to us
  origin from_;
  gate gate_;
  std::optional<tls_session> tls_;
  std::vector<char> plain_;            // heard, and not yet a frame
  std::vector<char> in_, fresh_, out_; // a frame; what the broker wrote; what is to be encrypted, from done_ on
  std::string sealed_;                 // encrypted, and not taken by the kernel: from sent_ on
  size_t want_ = gate::header_size, got_ = 0, done_ = 0, sent_ = 0;
  phase at_;
  bool launched_ = false, last_ = false, said_end_ = false, in_payload_ = false, reads_later_ = false;
  lobby::place place_;
  caf::node_id node_;
  std::string why_; // decided where end() may not be called
};

} // namespace salond
