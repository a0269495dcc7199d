// What was written to a client and may not have come: it counts as delivered once the client's kernel has it, and the
// client did not break the connection since (docs/decisions/0047-what-counts-as-delivered.md). A plain object: its
// owner asks the socket, and brings the time.
#pragma once
#include "actors/client/outlet.hpp"

namespace salond {

class unconfirmed {
public:
  /// So long after it was written it is looked at: a client that had closed has answered by then.
  static constexpr auto grace = std::chrono::milliseconds{100};
  /// So many private messages are looked at before: they fill their target's mailbox until they are marked.
  static constexpr size_t max_unseen = 32;

  bool any() const { return !all_.empty(); }
  /// Whether so many came since they were looked at last that they are to be looked at now.
  bool many() const { return unseen_ >= max_unseen; }
  /// `given`: all bytes that the kernel has been given by now.
  void add(outlet::written written, uint64_t given, instant now);
  /// Those that have come: `taken` bytes have. Of what was written after `until` none, but where there are many.
  outlet::written take(uint64_t taken, instant until);
  /// None of them has come to a client that reads.
  void forget();

private:
  struct piece {
    outlet::written written;
    uint64_t given = 0;
    instant at;
  };

  std::vector<piece> all_; ///< as they were written
  size_t unseen_ = 0;      ///< messages since the last look
};

} // namespace salond
