// The certificate that clients of the chat are shown, and its key, ready for handshakes. Never changed after it is
// made: a new certificate is a new object, and connections that began with the old one keep it.
#pragma once
#include "actors/transport/pki.hpp"
#include <ctime>
#include <memory>
#include <openssl/ssl.h>
#include <string>

namespace salond {

/// TLS 1.2 at least, with forward secrecy and authenticated ciphers alone; no compression, no renegotiation, no early
/// data. Session tickets as OpenSSL makes them: without a cache here, and worth nothing to another object than the one
/// that issued them.
class tls_credentials {
public:
  /// From PEM texts: the certificate first, then the chain up to an authority that clients know; and the key, which may
  /// stand in the same text. Throws pki_error with a sentence for people: something is missing, broken, too weak, does
  /// not fit, or lets no client shake hands.
  tls_credentials(const std::string& certificate, const std::string& key);

  SSL_CTX* context() const { return context_.get(); }
  /// The times from which and until which the certificate and all of its chain are good.
  std::time_t from() const { return from_; }
  std::time_t until() const { return until_; }
  /// The SHA-256 of the certificate in hexadecimal, as `openssl x509 -fingerprint -sha256` shows it without its colons.
  const std::string& fingerprint() const { return fingerprint_; }
  /// As people know it: "EC prime256v1", "RSA of 2048 bits".
  const std::string& kind_of_key() const { return kind_of_key_; }

private:
  std::shared_ptr<SSL_CTX> context_;
  std::time_t from_ = 0, until_ = 0;
  std::string fingerprint_, kind_of_key_;
};

} // namespace salond
