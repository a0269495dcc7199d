// A TLS client without a socket: bytes in, bytes out, so that a test can cut, bend and lose them on the way.
#pragma once
#include <memory>
#include <openssl/ssl.h>
#include <string>
#include <string_view>

namespace salond::support {

class tls_peer {
public:
  /// `newest`: of TLS, as TLS1_2_VERSION; 0: what OpenSSL has.
  explicit tls_peer(int newest = 0);

  /// Shows this certificate when the server asks for one. REQUIRES: the handshake has not begun.
  void show(X509* certificate, EVP_PKEY* key);
  /// Goes on with the handshake; what is to be sent is in pull().
  void shake();
  bool shaken() const { return SSL_is_init_finished(ssl_.get()) == 1; }
  /// Takes bytes of the server; what they say is in heard().
  void push(std::string_view bytes);
  /// Says something; false when it cannot.
  bool say(std::string_view plain);
  /// Says that nothing more will be said.
  void end();
  /// TLS 1.3: other keys from now on, and the server is asked for others too.
  void change_keys();
  /// TLS 1.2: asks for another handshake.
  void renegotiate();
  /// What is to go to the server; empty afterwards.
  std::string pull();

  const std::string& heard() const { return heard_; }
  /// The server has said that it says no more.
  bool ended() const { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }
  SSL* ssl() const { return ssl_.get(); }

private:
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
  std::string heard_;
};

} // namespace salond::support
