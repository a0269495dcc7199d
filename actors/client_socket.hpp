// A client's socket and the door it comes through, in CAF's event loop. Why our own: CAF's scribe waits for epoll
// before each write, copies into one buffer a connection, and keeps a read buffer a connection; this one writes at
// once, sends shared bytes without copying them, and reads into one buffer for all (docs/decisions/0004-fan-out.md has
// the figures). It may speak TLS: what is said waits unencrypted, and is encrypted as the kernel takes it, so that
// bounds and the dropping of what nobody reads are the same (docs/decisions/0010-tls-for-clients.md). Lives on the I/O
// thread alone.
#pragma once
#include "actors/transport/tls_stream.hpp"
#include "protocol/codec.hpp"
#include <caf/io/all.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/doorman_impl.hpp>
#include <functional>
#include <string>
#include <vector>

namespace salond {

namespace net = caf::io::network;

/// The address of every client of a unix socket.
inline constexpr const char* local_peer = "local";

/// Told by a client_socket what a broker is not told by CAF.
class socket_owner {
public:
  virtual ~socket_owner() = default;
  /// The peer has ended its output (a half-close): nothing more comes, but it may still read.
  virtual void input_ended() = 0;
  /// All that was said has been given to the kernel.
  virtual void output_drained() = 0;
  /// The peer does not speak TLS as it must: nothing is heard of it or said to it any more.
  virtual void tls_failed(const std::string& why) = 0;
};

class client_socket : public caf::io::scribe {
public:
  /// Owns `fd`, a connected non-blocking stream socket. `peer`: its address in words, for limits and logs.
  client_socket(net::default_multiplexer& loop, int fd, std::string peer);
  ~client_socket() override;

  /// The peer is to shake hands before anything else. REQUIRES: nothing was read or said.
  void speak_tls(std::shared_ptr<const tls_credentials> with);
  /// Whether the peer is yet to shake hands: what is said waits for that.
  bool shaking() const { return tls_ && tls_->now() == tls_stream::state::shaking; }

  void belongs_to(socket_owner* owner) { owner_ = owner; }
  const std::string& peer() const { return peer_; }
  /// Records of TLS that the peer has sent so far: each costs its decryption, however few bytes it has. 0 in clear.
  uint64_t records() const { return tls_ ? tls_->records() : 0; }

  /// Queues bytes; they go out at the next flush().
  void say(shared_bytes bytes);
  /// Queued bytes that the kernel has not taken.
  size_t unsent() const { return unsent_ + sealed_.size() - sealed_sent_; }
  /// Forgets what is queued but for the rest of a frame (up to its '\n') whose beginning is out already.
  void drop_unsent();
  /// After what is queued, ends our output (close_notify, FIN).
  void finish();
  /// Whether it was ended at once, or is broken: what had waited is not on its way.
  bool broken() const { return aborted_; }
  /// Whether the peer has ended its output.
  bool input_over() const { return input_over_; }
  /// Ends the connection at once, unread bytes or not; connection_closed_msg comes from the loop.
  void abort();
  void pause_reading() {
    waits_to_shake_ = false;
    leave_loop();
  }
  void resume_reading();

  // caf::io::scribe
  void configure_read(caf::io::receive_policy::config how) override;
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
  void forget_queue();
  void advance(size_t sent);
  void want_write(bool want);
  void leave_loop();
  bool registered(int events) const { return (events_.eventbf() & events) != 0; }
  void fail(net::operation op);

  handler events_; // owns and closes the descriptor
  // The loop's references to us. It takes up and drops its registrations at the end of a turn, and says nothing of one
  // that was changed twice in a turn; so these do not tell what it is going to wait for.
  caf::intrusive_ptr<client_socket> reading_, writing_;
  bool waits_to_read_ = false, waits_to_write_ = false; // what it is going to wait for
  bool reads_later_ = false;                            // what the TLS stream holds has a turn of its own
  bool waits_to_shake_ = false;                         // in the line of handshake_pace, out of the loop
  socket_owner* owner_ = nullptr;
  std::string peer_;
  std::vector<char> unused_;        // wr_buf() must answer something; nobody writes there
  std::vector<shared_bytes> queue_; // from first_ on; emptied when all is out
  size_t first_ = 0;
  size_t done_ = 0; // bytes of the first that are out
  size_t unsent_ = 0;
  bool input_over_ = false, last_ = false, finished_ = false, aborted_ = false;
  bool given_up_ = false;           // nothing more is read
  std::unique_ptr<tls_stream> tls_; // null: in clear
  std::string sealed_;              // encrypted, and not taken by the kernel: from sealed_sent_ on
  size_t sealed_sent_ = 0;
  bool said_end_ = false, held_back_ = false; // close_notify is sealed; what was said waits for the handshake
};

/// Accepts clients, up to 64 a turn of the loop, and gives each to `accepted`. When descriptors run short it accepts
/// nobody until some are free again: the last quarter of them, at most 64, is for the server itself.
class client_doorman : public net::doorman_impl {
public:
  /// Answers how many of the turn's 64 that was worth, at least 1.
  using on_accept = std::function<unsigned(caf::intrusive_ptr<client_socket>)>;
  using on_pause = std::function<void()>;

  /// Owns `fd`, a listening socket. `local`: peers have no address of their own (a unix socket).
  enum class peers { by_address, local };
  client_doorman(net::default_multiplexer& loop, int fd, peers kind, on_accept accepted, on_pause paused);

  bool new_connection() override;
  /// Accepts again if there are descriptors. REQUIRES: it has told that it paused, in an earlier turn of the loop.
  bool go_on_if_possible();
  std::string addr() const override { return {}; } // CAF's would abort the process for a unix socket
  uint16_t port() const override { return 0; }

private:
  unsigned take_in(net::default_multiplexer& loop, int fd);
  bool pause();

  peers kind_;
  on_accept accepted_;
  on_pause paused_;
};

} // namespace salond
