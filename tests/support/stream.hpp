// A stream socket of a test's client.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

namespace salond::support {

/// Connected to "tcp://HOST:PORT", "tcp://[IPV6]:PORT" or "unix:PATH" as long as it lives. Blocks, but never for ever.
class stream {
public:
  /// `from`: its own IPv4 address, of those of this machine; empty: any. Throws std::runtime_error where nobody
  /// listens.
  explicit stream(const std::string& endpoint, const std::string& from = {});
  stream(stream&& other) noexcept;
  stream& operator=(stream&& other) noexcept;
  ~stream();

  /// False where the peer takes it no more.
  bool send(std::string_view bytes);
  /// What one recv() gives; empty at the end, or where nothing comes in time (ended() tells which).
  std::string receive(size_t most, std::chrono::milliseconds within);
  bool ended() const { return ended_; }
  /// The end of what this side says; it still hears.
  void finish();
  void close();
  int descriptor() const { return descriptor_; }

private:
  int descriptor_ = -1;
  bool ended_ = false;
};

} // namespace salond::support
