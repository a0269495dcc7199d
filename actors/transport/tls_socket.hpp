// A TCP connection with TLS in CAF's loop, between programs of ours: whoever is at the other end has shown a
// certificate of our authority before a byte is heard or said. What is said over it is the business of who derives from
// this: BASP (tls_scribe), frames between nodes (cluster/link_socket). I/O thread only.
#pragma once
#include "actors/transport/dial_failure.hpp"
#include "actors/transport/gate.hpp"
#include "actors/transport/peer_connections.hpp"
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

/// Above this a connection's buffer is given back after its use.
inline constexpr size_t max_kept_buffer = 65536;

struct transport_context;

/// dialling → (silent →) shaking → greeting → open → dead. Accepted: no TLS object until a byte comes, and not a byte
/// is said until TLS is done. What comes after that, until the peer is let in, is up to who derives.
class tls_socket : public caf::io::scribe {
public:
  /// What a connection is made of.
  struct origin {
    std::shared_ptr<transport_context> shared;
    std::shared_ptr<const port_rules> rules;
    gate::side side = gate::side::accepted;
    std::string address; ///< of the peer, numeric
  };

  /// Takes the descriptor, connected or connecting, and not blocking.
  tls_socket(caf::io::network::default_multiplexer& loop, int descriptor, origin from);
  ~tls_socket() override;

  /// Hangs up at once. REQUIRES: not inside a handler of the broker, which it calls.
  void end(const dial_failure& why);
  /// The same, for a half-open connection over its deadline.
  void end_late();
  /// Gives up on a peer that does not take our last bytes.
  void abort();

  bool accepted() const { return from_.side == gate::side::accepted; }
  bool silent() const { return at_ == phase::silent; }
  /// REQUIRES: TLS is done, or was.
  const certificate_facts& certificate() const { return tls_->peer(); }
  peer_connections::place& place() { return place_; }

  // What a broker calls.
  void ack_writes(bool) override {}
  std::string addr() const override { return from_.address; }
  uint16_t port() const override;
  void add_to_loop() override;
  void remove_from_loop() override { leave_loop(); }

protected:
  enum class phase : uint8_t { dialling, silent, shaking, greeting, open, dead };
  /// What a step says: go on reading, or wait for the next event (also after the end).
  enum class step : uint8_t { go_on, wait };

  // --- what derives fills in ---

  /// TLS is done and the peer is known; the phase is greeting.
  virtual void shaken() {}
  /// Takes what was heard, or a part: what it leaves has a turn of its own.
  virtual step take(std::vector<char>& heard) = 0;
  /// What is to be encrypted next, at most about 64 KiB; nothing is empty. It is asked again after advance().
  virtual std::string_view to_say() = 0;
  /// So much of to_say() is encrypted.
  virtual void advance(size_t said) = 0;
  /// It has ended; `was` is the phase before.
  virtual void ended(phase was, const dial_failure& why) = 0;
  /// Where it is greeted no longer: what is said in the log of that.
  virtual const char* why_late() const = 0;

  // --- what it uses ---

  /// Begins to read, and to wait for the end of connecting.
  void launch();
  /// The peer is let in.
  void admit();
  /// Writes what is to be said, as the kernel takes it.
  void write_now();
  /// What is to be said goes out, then the end of TLS, then FIN; what comes is not heard any more.
  void part();
  bool parts() const { return last_; }
  /// Hangs up where end() may not be called: the loop is told of the end of the connection, and calls end().
  void lose(const std::string& why);
  bool reads() const { return static_cast<bool>(reading_); }
  void leave_loop();
  int descriptor() const { return events_.fd(); }
  caf::io::network::default_multiplexer& loop() { return events_.backend(); }
  transport_context& shared() const { return *from_.shared; }
  phase at() const { return at_; }
  const std::string& address() const { return from_.address; }
  const port_rules& rules() const { return *from_.rules; }
  std::shared_ptr<const port_rules> share_rules() const { return from_.rules; }
  gate::side side() const { return from_.side; }
  /// lose() was called: nothing is said any more.
  bool lost() const { return !why_.empty(); }
  /// A known peer's end that was decided where end() may not be called; otherwise what is given.
  std::string decided_or(const char* why) const { return why_.empty() ? why : why_; }
  /// What waits to be sent and is encrypted.
  size_t sealed_bytes() const { return sealed_.size() - sent_; }

private:
  struct handler : caf::io::network::event_handler {
    handler(caf::io::network::default_multiplexer& loop, int descriptor, tls_socket& owner);
    void handle_event(caf::io::network::operation event) override;
    void removed_from_loop(caf::io::network::operation event) override;
    void graceful_shutdown() override {}
    using caf::io::network::event_handler::activate; // protected in the base
    tls_socket& socket;
  };

  void want_write(bool want);
  void shut_down();
  void finish();
  void on_event(caf::io::network::operation event);
  step connected(caf::io::network::operation event);
  step first_byte();
  void wait_for_handshake();
  bool start_tls();
  void write_some();
  bool send_sealed();
  void seal_some(std::string_view text);
  void read_some();
  void hear(std::string_view bytes);
  void end_failed();
  step know_peer();
  void read_on_later();

  handler events_; // owns and closes the descriptor
  // The loop's references to us. It takes up and drops its registrations at the end of a turn, and says nothing of one
  // that was changed twice in a turn: so writing_ does not tell whether it is going to tell of room, waits_ does.
  caf::intrusive_ptr<tls_socket> reading_, writing_;
  origin from_;
  std::optional<tls_session> tls_;
  std::vector<char> plain_; // heard, and not taken
  std::string sealed_;      // encrypted, and not taken by the kernel: from sent_ on
  size_t sent_ = 0;
  phase at_;
  bool waits_ = false; // for room in the kernel, or for the end of connecting
  bool last_ = false, said_end_ = false, reads_later_ = false;
  peer_connections::place place_;
  std::string why_; // decided where end() may not be called
};

} // namespace salond
