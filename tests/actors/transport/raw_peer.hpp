// A peer made of a socket and OpenSSL alone: says what it likes, byte by byte. Every wait has a deadline.
#pragma once
#include "actors/transport/pki.hpp"
#include <chrono>
#include <cstdint>
#include <openssl/ssl.h>
#include <optional>
#include <string>
#include <sys/types.h>

namespace support {

class raw_peer {
public:
  /// Connects to 127.0.0.1.
  explicit raw_peer(uint16_t port);
  ~raw_peer();
  raw_peer(raw_peer&& other) noexcept;
  raw_peer(const raw_peer&) = delete;
  raw_peer& operator=(const raw_peer&) = delete;
  raw_peer& operator=(raw_peer&&) = delete;

  /// Makes a TLS handshake with a certificate, or without one; at most TLS of this version. True when it worked on our
  /// side: with TLS 1.3 the server may still refuse the certificate.
  bool shake_hands(const salond::bundle* own, int version = TLS1_3_VERSION);
  /// Sends only the first message of the handshake.
  void say_hello();

  /// Sends bytes, in TLS once there is TLS. False when the connection is gone.
  bool send(const std::string& bytes);
  /// Takes exactly so many bytes of the stream; nothing when it ends or nothing comes in time.
  std::optional<std::string> take(size_t size);

  /// True when the other side ends the connection in time; what came until then is added to received().
  bool closed(std::chrono::milliseconds patience = std::chrono::seconds{8});
  /// Bytes inside TLS, or in clear without it, that came while we waited for the end.
  const std::string& received() const { return received_; }

private:
  bool send_in_tls(const std::string& bytes);
  ssize_t receive(char* to, size_t size);
  bool wait_readable(std::chrono::steady_clock::time_point until) const;

  int socket_;
  salond::owned<SSL_CTX> context_{nullptr, SSL_CTX_free};
  salond::owned<SSL> tls_{nullptr, SSL_free};
  std::string received_;
};

} // namespace support
