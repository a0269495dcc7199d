// A stream socket of a test's client.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

struct ssl_st; // OpenSSL's SSL

namespace salond::support {

/// Connected to "tcp://HOST:PORT", "tls://HOST:PORT", the same with "[IPV6]", or "unix:PATH" as long as it lives.
/// Blocks, but never for ever. TLS trusts every certificate: fingerprint() says which it was.
class stream {
public:
  /// `from`: its own IPv4 address, of those of this machine; empty: any. Throws std::runtime_error where nobody
  /// listens, or does not speak TLS.
  explicit stream(const std::string& endpoint, const std::string& from = {});
  stream(stream&& other) noexcept;
  stream& operator=(stream&& other) noexcept;
  ~stream();

  /// False where the peer takes it no more.
  bool send(std::string_view bytes);
  /// What one recv() gives; empty at the end, or where nothing comes in time (ended() tells which).
  std::string receive(size_t most, std::chrono::milliseconds within);
  bool ended() const { return ended_; }
  /// The peer has said that it says no more (close_notify), as a connection with TLS has to end.
  bool was_told_the_end() const;
  /// The SHA-256 of the peer's certificate in hexadecimal.
  std::string fingerprint() const;
  /// The end of what this side says; it still hears.
  void finish();
  void close();
  int descriptor() const { return descriptor_; }

private:
  void shake_hands();
  std::string receive_sealed(size_t most, std::chrono::milliseconds within);

  int descriptor_ = -1;
  std::shared_ptr<ssl_st> tls_; // null: in clear
  bool ended_ = false;
};

} // namespace salond::support
