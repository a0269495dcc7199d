// A client's socket in CAF's event loop. CAF's own scribe waits for epoll before each write, copies into one buffer a
// connection, and keeps a read buffer a connection. This one writes at once, sends shared bytes without copying them,
// and reads into one buffer for all (docs/decisions/0004-fan-out.md has the figures). It may speak TLS: what is said
// waits unencrypted, and is encrypted as the kernel takes it, so that bounds and the dropping of what nobody reads are
// the same (docs/decisions/0010-tls-for-clients.md). Lives on the I/O thread alone.
#pragma once
#include "actors/client/send_queue.hpp"
#include "actors/transport/tls_stream.hpp"
#include <caf/io/all.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <string>

namespace salond {

namespace net = caf::io::network;

/// Hears from a client_socket what CAF does not tell a broker.
class socket_owner {
public:
  virtual ~socket_owner() = default;
  /// The peer has ended its output (a half-close): nothing more comes, but it may still read.
  virtual void input_ended() = 0;
  /// So many bytes came behind the end of our output, and are dropped.
  virtual void input_dropped(size_t bytes) = 0;
  /// All that was said has been given to the kernel.
  virtual void output_drained() = 0;
  /// The peer does not speak TLS as it must. The socket reads and writes nothing more.
  virtual void tls_failed(const std::string& why) = 0;
};

class client_socket : public caf::io::scribe {
public:
  /// Owns `fd`, a connected non-blocking stream socket. `peer`: its address in words, for limits and logs.
  client_socket(net::default_multiplexer& loop, int fd, std::string peer);
  ~client_socket() override;

  /// The peer must shake hands before anything else. REQUIRES: nothing was read or said.
  void speak_tls(std::shared_ptr<const tls_credentials> credentials);
  /// Whether the handshake is not done yet: what is said waits for its end.
  bool shaking() const { return tls_ && tls_->now() == tls_stream::state::shaking; }

  void belongs_to(socket_owner* owner) { owner_ = owner; }
  const std::string& peer() const { return peer_; }
  /// Records of TLS that the peer has sent so far: each costs its decryption, however few bytes it has. 0 in clear.
  uint64_t records() const { return tls_ ? tls_->records() : 0; }

  /// The output that is not out. Bytes that are added go out at the next flush().
  send_queue& queue() { return queue_; }
  void say(shared_bytes bytes) { queue_.add(std::move(bytes)); }
  size_t unsent() const { return queue_.unsent(); }
  /// After what is queued, ends our output (close_notify, FIN).
  void finish();
  /// Whether it was ended at once, or is broken: what had waited then is lost.
  bool broken() const { return link_ != link::whole; }
  /// Whether the peer has ended its output.
  bool input_over() const { return input_over_; }
  /// Bytes that the kernel was given so far.
  uint64_t given() const { return given_; }
  /// As many of them as the peer's kernel has taken (a unix socket: the peer itself). A system call.
  uint64_t taken_by_peer() const;
  /// Whether the peer ended its output after it had read all that had come until then. A peer that closes with
  /// something unread resets the connection instead.
  bool ended_in_order() const { return ended_in_order_; }
  /// Whether the peer has reset the connection: it closed with something unread, or what was sent came after its end.
  /// A system call.
  bool reset_by_peer() const;
  /// Ends the connection at once, unread bytes or not; connection_closed_msg comes from the loop.
  void abort();
  void pause_reading();
  void resume_reading();

  // caf::io::scribe
  void configure_read(caf::io::receive_policy::config) override;
  void ack_writes(bool) override {}
  std::vector<char>& wr_buf() override { return unused_; }
  std::vector<char>& rd_buf() override;
  std::string addr() const override { return peer_; }
  uint16_t port() const override { return 0; }
  void add_to_loop() override;
  void remove_from_loop() override { leave_loop(); }
  void flush() override;
  void graceful_shutdown() override;

private:
  struct handler : net::event_handler {
    handler(net::default_multiplexer& loop, int fd, client_socket& of) : net::event_handler(loop, fd), socket(of) {}
    void handle_event(net::operation op) override;
    void removed_from_loop(net::operation op) override;
    void graceful_shutdown() override {}
    using net::event_handler::activate; // protected in the base
    client_socket& socket;
  };

  void on_event(net::operation op);
  void read_some();
  void wait_for_handshake();
  void read_sealed(std::string_view bytes);
  void read_on_later();
  void write_some();
  bool write_clear();
  bool write_sealed();
  bool send_sealed();
  void seal_some();
  void lose();
  void break_off();
  void wait_for_kernel();
  void wait_no_more();
  void leave_loop();
  /// What comes now is read and dropped: unread input would turn our FIN into a reset.
  bool drops_input() const { return ending_ == ending::done || (tls_ && tls_->now() == tls_stream::state::failed); }
  bool registered(int events) const { return (events_.eventbf() & events) != 0; }
  void fail(net::operation op);

  /// Whether the loop tells of bytes of the peer, or is going to.
  enum class input : uint8_t {
    off,
    on,
    in_line ///< out of the loop: the handshake waits for its turn in the line of handshake_pace
  };
  /// Why output waits.
  enum class output : uint8_t {
    free,
    full, ///< the kernel takes nothing: the loop tells, or is going to, when it does
    held  ///< the handshake is not done
  };
  /// How far our output is ended.
  enum class ending : uint8_t {
    none,
    asked,    ///< behind what is queued
    notified, ///< close_notify is encrypted
    done      ///< the FIN is sent
  };
  /// What becomes of the connection.
  enum class link : uint8_t {
    whole,
    broken,  ///< what the peer had said is still read
    given_up ///< nothing more is read
  };

  handler events_; // owns and closes the descriptor
  // The loop's references to us. It takes up and drops its registrations at the end of a turn, and says nothing of one
  // that was changed twice in a turn; so these do not tell what it is going to wait for: input_ and output_ do.
  caf::intrusive_ptr<client_socket> reading_, writing_;
  socket_owner* owner_ = nullptr;
  std::string peer_;
  std::vector<char> unused_; // wr_buf() must answer something; nobody writes there
  send_queue queue_;
  std::unique_ptr<tls_stream> tls_; // null: in clear
  input input_ = input::off;
  output output_ = output::free;
  ending ending_ = ending::none;
  link link_ = link::whole;
  uint64_t given_ = 0;
  bool input_over_ = false; // the peer's output is ended
  bool ended_in_order_ = false;
  bool reads_later_ = false; // what the TLS stream holds has a turn of its own
};

} // namespace salond
