// What was said to a peer and the kernel has not taken yet: shared bytes in their order, and with TLS also those that
// are encrypted already. A plain object: it knows no socket, and does not write.
#pragma once
#include "protocol/codec.hpp"
#include <string>
#include <string_view>
#include <sys/uio.h>
#include <vector>

namespace salond {

/// Encrypted bytes that the kernel has not taken.
class sealed_bytes {
public:
  /// What TLS appends to.
  std::string& bytes() { return bytes_; }
  bool empty() const { return bytes_.empty(); }
  size_t unsent() const { return bytes_.size() - sent_; }
  /// What is to go out next.
  std::string_view rest() const { return std::string_view{bytes_}.substr(sent_); }
  /// The first `sent` bytes of rest() are out.
  void advance(size_t sent) { sent_ += sent; }
  void clear() {
    bytes_.clear();
    sent_ = 0;
  }

private:
  std::string bytes_; // from sent_ on
  size_t sent_ = 0;
};

class send_queue {
public:
  sealed_bytes sealed;

  /// Queues bytes; they are shared, not copied. Forgets them once the queue is closed.
  void add(shared_bytes bytes) {
    if (closed_ || bytes->empty())
      return;
    waiting_ += bytes->size();
    queue_.push_back(std::move(bytes));
  }
  /// Nothing is queued any more; what waits goes out.
  void close() { closed_ = true; }
  bool closed() const { return closed_; }

  /// Bytes that the kernel has not taken, encrypted or not.
  size_t unsent() const { return waiting_ + sealed.unsent(); }
  /// As many of these as are not encrypted.
  size_t waiting() const { return waiting_; }

  /// Forgets what is not encrypted.
  void forget();
  /// The bytes that are being written, of which the first begun_out() are out. Empty where there are none.
  std::string_view begun() const { return done_ == 0 ? std::string_view{} : *queue_[first_]; }
  size_t begun_out() const { return done_; }
  /// Forgets what is not encrypted, except for the next `rest` bytes of begun().
  void keep(size_t rest);

  /// What is to go out next, for one sendmsg: fills at most `most` of `parts` and answers how many.
  size_t gather(iovec* parts, size_t most) const;
  /// The same as one text of at most `most` bytes, for one record: `joined` holds it where it is made of several.
  /// REQUIRES: something waits.
  std::string_view join(size_t most, std::string& joined) const;
  /// The first `sent` bytes of what waits are out, or encrypted.
  void advance(size_t sent);

private:
  std::vector<shared_bytes> queue_; // from first_ on; emptied when all is out
  size_t first_ = 0;
  size_t done_ = 0; // bytes of the first that are out
  size_t waiting_ = 0;
  bool closed_ = false;
};

} // namespace salond
