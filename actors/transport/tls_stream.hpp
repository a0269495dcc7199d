// TLS of one client, as a server speaks it: bytes in, bytes out. Knows no socket and no clock, and never blocks, so
// that it can be given any bytes in any cuts.
#pragma once
#include "actors/transport/tls_credentials.hpp"
#include <cstdint>
#include <memory>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <string>
#include <string_view>
#include <vector>

namespace salond {

class tls_stream {
public:
  static constexpr size_t record_bytes = 16384; ///< the most that a record holds (RFC 8446, 5.1)

  enum class state : uint8_t {
    shaking, ///< the handshake is not done: nothing can be said yet
    open,
    ended, ///< the peer has said that it says no more (close_notify); it may still be told something
    failed ///< nothing is heard or said any more
  };

  /// Costs next to nothing until the first byte comes. `with` is kept as long as the stream lives.
  explicit tls_stream(std::shared_ptr<const tls_credentials> with);
  tls_stream(const tls_stream&) = delete;
  tls_stream& operator=(const tls_stream&) = delete;

  state now() const { return now_; }

  /// Takes bytes from the peer. Any bytes are legal. Appends what they say to `plain`, at most 32 KiB more than was
  /// given, and what has to go back to `sealed`: the handshake, tickets, and at a failure TLS's alert.
  state feed(std::string_view bytes, std::vector<char>& plain, std::string& sealed);

  /// Appends `plain` to `sealed`, encrypted, in records of at most 16 KiB. REQUIRES: open or ended.
  void seal(std::string_view plain, std::string& sealed);

  /// Appends our close_notify: nothing is sealed after it. REQUIRES: open or ended.
  void seal_end(std::string& sealed);

  /// Why it failed, in OpenSSL's words.
  const std::string& why_failed() const { return why_; }

private:
  /// Where OpenSSL's bytes come from and go to, during one call.
  struct wire {
    std::string_view in;
    std::string* out = nullptr;
    size_t taken = 0; ///< in all
    bool bounded = true;
  };
  class call;

  static int read_wire(BIO* bio, char* to, int size);
  static int write_wire(BIO* bio, const char* from, int size);
  static long control_wire(BIO* bio, int what, long number, void* pointer);
  static const BIO_METHOD* method();

  bool begin(char first, std::string& sealed);
  void shake();
  void read(std::vector<char>& plain);
  void fail(const char* why);
  void fail_of(int result);

  std::shared_ptr<const tls_credentials> with_;
  wire wire_;
  owned<SSL> ssl_{nullptr, SSL_free};
  state now_ = state::shaking;
  std::string why_;
};

} // namespace salond
