// A connection that means no good: a socket, and OpenSSL on it if need be. Nothing blocks for more than a few seconds.
#pragma once
#include <memory>
#include <openssl/ssl.h>
#include <string>
#include <string_view>

namespace salond::end_to_end {

class hostile_peer {
public:
  /// Connects to "HOST:PORT" (IPv4) from one of this machine's addresses; empty: any. It may fail: connected().
  explicit hostile_peer(const std::string& where, const std::string& from = {});
  hostile_peer(hostile_peer&& other) noexcept;
  hostile_peer(const hostile_peer&) = delete;
  hostile_peer& operator=(const hostile_peer&) = delete;
  ~hostile_peer();

  bool connected() const { return socket_ >= 0; }
  /// Sends what the kernel takes at once, in clear.
  bool send(std::string_view bytes);
  /// Sends the first message of a handshake and no more.
  bool say_hello();
  /// Shakes hands, with the bundle in this file or without one. True when it worked on our side.
  bool shake_hands(const std::string& bundle = {});
  /// Sends one record with these bytes; at most a few seconds. REQUIRES: hands are shaken.
  bool say(std::string_view plain);
  /// Changes the keys so often. False when the server has ended it before that.
  bool change_keys(int times);
  /// Whether the server ends the connection within a few seconds; what comes until then is forgotten.
  bool is_ended();
  /// Ends it with a reset in place of the usual end.
  void reset();

private:
  void wait_at_most(long milliseconds) const;

  int socket_ = -1;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_{nullptr, SSL_CTX_free};
  std::unique_ptr<SSL, void (*)(SSL*)> tls_{nullptr, SSL_free};
};

} // namespace salond::end_to_end
