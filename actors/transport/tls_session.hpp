// TLS between a tool and a server, or two nodes: a tls_stream with a look at the peer's certificate.
#pragma once
#include "actors/transport/dial_failure.hpp"
#include "actors/transport/gate.hpp"
#include "actors/transport/tls_settings.hpp"
#include "actors/transport/tls_stream.hpp"
#include <memory>
#include <optional>

namespace salond {

class tls_session {
public:
  /// REQUIRES: there are settings. They are asked for the revoked serials at the time of the handshake, not now.
  tls_session(const current_tls_settings& settings, std::shared_ptr<const port_rules> rules, gate::side end);
  tls_session(const tls_session&) = delete;
  tls_session& operator=(const tls_session&) = delete;

  tls_stream& stream() { return stream_; }

  /// True once the peer has shown a certificate that is good for the rules. It is known to be the peer's only when the
  /// handshake is done.
  bool knows_peer() const { return peer_.has_value(); }
  /// The peer's certificate. REQUIRES: knows_peer().
  const certificate_facts& peer() const { return *peer_; }

  /// Why the stream failed. REQUIRES: it did.
  dial_failure why_failed() const;

private:
  static int on_verify(int fine, X509_STORE_CTX* context);
  int judge(const X509* certificate);

  const current_tls_settings& settings_;
  std::shared_ptr<const port_rules> rules_;
  tls_stream stream_;
  std::optional<certificate_facts> peer_;
};

} // namespace salond
