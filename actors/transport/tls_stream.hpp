// TLS of one connection: bytes in, bytes out. It knows no socket, no clock and no loop, and never blocks, so that it
// can be given any bytes in any cuts. The cost of one call is bounded, whatever the bytes are.
#pragma once
#include "actors/transport/tls_credentials.hpp"
#include <chrono>
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
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr size_t record_bytes = 16384; ///< the most that a record holds (RFC 8446, 5.1)
  /// One call of feed() takes no more records than this: each costs its decryption, even a record of one byte. 16 KiB
  /// of lines that a program writes one by one are some 200 records.
  static constexpr unsigned records_a_call = 64;
  /// Records without data (changes of keys, warnings, wishes for another handshake, empty ones) that a peer may send at
  /// once, and the time after which one more is allowed. OpenSSL's own clients send none; a client that changes its
  /// keys every minute stays below.
  static constexpr unsigned max_empty_records = 16;
  static constexpr std::chrono::seconds empty_record_every{10};

  enum class side : uint8_t { accepting, connecting };
  enum class state : uint8_t {
    shaking, ///< the handshake is not done: nothing can be said yet
    open,
    ended, ///< the peer has said that it says no more (close_notify); it may still be told something
    failed ///< nothing is heard or said any more
  };

  /// The server's end of a client's connection. Costs next to nothing until the first byte comes. `credentials` are
  /// kept as long as the stream lives.
  explicit tls_stream(std::shared_ptr<const tls_credentials> credentials);
  /// Either end, with a context. OpenSSL's object is there at once (ssl(), to set the check of the peer), or null if
  /// there is no memory for it.
  tls_stream(SSL_CTX* context, side end);
  tls_stream(const tls_stream&) = delete;
  tls_stream& operator=(const tls_stream&) = delete;

  state now() const { return now_; }
  SSL* ssl() const { return ssl_.get(); }

  /// Begins the handshake: appends its first bytes to `sealed`. REQUIRES: the connecting side.
  void greet(std::string& sealed);

  /// Takes bytes from the peer. Any bytes are legal. Appends their content to `plain`, at most 32 KiB more than was
  /// given, and the bytes that have to go back to `sealed`: the handshake, tickets, and at a failure TLS's alert. If
  /// holds_more() is true then, it keeps bytes that have not been looked at: call again, with more or with none, when
  /// others have had their turn. `time` never goes back.
  state feed(std::string_view bytes, time_point now, std::vector<char>& plain, std::string& sealed);

  /// True when bytes are kept for the next call: never more than were given in the calls before it.
  bool holds_more() const { return !rest_.empty(); }

  /// Appends `plain` to `sealed`, encrypted, in records of at most 16 KiB. REQUIRES: open or ended.
  void seal(std::string_view plain, std::string& sealed);

  /// Appends our close_notify: nothing is sealed after it. REQUIRES: open or ended.
  void seal_end(std::string& sealed);

  /// Why it failed, in OpenSSL's words or ours; and OpenSSL's code for it, 0 if it has none.
  const std::string& why_failed() const { return why_; }
  unsigned long error() const { return error_; }

  /// Records that the peer has sent so far, with data or without: they cost time beside their bytes.
  uint64_t records() const { return records_; }

private:
  /// The source and the target of OpenSSL's bytes during one call.
  struct wire {
    std::string_view in;
    std::string* out = nullptr;
    size_t taken = 0;        ///< in all
    unsigned records = 0;    ///< in this call
    bool handshaking = true; ///< its bytes are bounded
    bool overdrawn = false;  ///< too many records without data: nothing more is taken
  };
  class call;

  static int read_wire(BIO* bio, char* to, int size);
  static int write_wire(BIO* bio, const char* from, int size);
  static long control_wire(BIO* bio, int command, long number, void* pointer);
  static const BIO_METHOD* method();
  static void on_message(int sent, int version, int type, const void* bytes, size_t size, SSL* ssl, void* self);

  bool begin(char first, std::string& sealed);
  bool make(SSL_CTX* context, side end);
  void shake();
  void read(std::vector<char>& plain);
  void record_begins();
  void fail(const char* why);
  void fail_of(int result);

  std::shared_ptr<const tls_credentials> with_;
  wire wire_;
  owned<SSL> ssl_{nullptr, SSL_free};
  state now_ = state::shaking;
  std::string rest_; // given, and not taken
  std::string why_;
  unsigned long error_ = 0;
  uint64_t records_ = 0;
  bool brought_data_ = true;                 // the record that was begun last
  unsigned empty_left_ = max_empty_records;  // as of empty_since_
  time_point empty_since_, clock_;
};

} // namespace salond
