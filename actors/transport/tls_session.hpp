// TLS on one socket: the handshake with a look at the peer's certificate, then bytes in and out. Never blocks.
#pragma once
#include "actors/transport/dial_failure.hpp"
#include "actors/transport/gate.hpp"
#include "actors/transport/tls_settings.hpp"
#include <cstddef>
#include <memory>
#include <openssl/ssl.h>
#include <optional>

namespace salond {

class tls_session {
public:
  enum class progress : uint8_t { done, wants_read, wants_write, failed };

  /// REQUIRES: `socket` is connected and not blocking, and outlives this. `settings` is asked for the revoked serials
  /// at the time of the handshake, not of now.
  tls_session(const current_tls_settings& settings, std::shared_ptr<const port_rules> rules, gate::side which,
              int socket);
  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;

  /// False when there are no settings yet: nothing else may be called then.
  bool usable() const { return ssl_ != nullptr; }

  /// Goes on with the handshake.
  progress handshake();

  /// Reads at most `size` bytes; `count` says how many when done. REQUIRES: the handshake is done.
  progress read(char* to, size_t size, size_t& count);

  /// Writes at most `size` bytes, likewise.
  progress write(const char* from, size_t size, size_t& count);

  /// True when bytes have been taken from the socket that read() has not given yet.
  bool holds_more() const { return SSL_has_pending(ssl_.get()) == 1; }

  /// Tells the peer that nothing will follow.
  void say_goodbye();

  /// The peer's certificate, which is good for the rules. REQUIRES: the handshake is done.
  const certificate_facts& peer() const { return *peer_; }

  /// Why the last call failed. REQUIRES: it did; called once for it.
  dial_failure why_failed();

private:
  static int on_verify(int fine, X509_STORE_CTX* context);
  int judge(const X509* certificate);
  progress outcome_of(int result);

  const current_tls_settings& settings_;
  std::shared_ptr<const port_rules> rules_;
  owned<SSL> ssl_{nullptr, SSL_free};
  std::optional<certificate_facts> peer_;
  int last_error_ = SSL_ERROR_NONE;
};

} // namespace salond
