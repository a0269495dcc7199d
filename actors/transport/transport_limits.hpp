// The transport's numbers: its limits, its counters, and its log.
#pragma once
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

namespace salond {

/// Limits for strangers, and for one person.
struct transport_limits {
  std::chrono::milliseconds greeting{2000};   ///< from accept to BASP's handshake; salonctl needs 20
  std::chrono::milliseconds leaving{5000};    ///< for our last bytes to a peer that does not read
  std::chrono::milliseconds sweep{500};       ///< how often deadlines are looked at, so how late they may be noticed
  size_t half_open = 512;                     ///< connections that are not known yet; each holds up to 47 KB
  size_t half_open_per_address = 256;         ///< of them, so that one address does not push out all others
  size_t open_per_identity = 64;              ///< connections of one person
  size_t failed_per_second_per_address = 100; ///< handshakes (1 ms of computing each); loopback is exempt
};

/// Counts of what has happened since the start. Any thread.
struct transport_counters {
  std::atomic<uint64_t> accepted{0};  ///< connections that strangers opened
  std::atomic<uint64_t> refused{0};   ///< of them, those that did not get in
  std::atomic<uint64_t> opened{0};    ///< connections, of either direction, with a known peer
  std::atomic<uint64_t> cut{0};       ///< of them, those that we ended: the gate, a limit, revocation, expiry
  std::atomic<uint64_t> half_open{0}; ///< now
  std::atomic<uint64_t> open{0};      ///< now
};

/// A copy of the counters.
struct transport_counts {
  uint64_t accepted = 0, refused = 0, opened = 0, cut = 0, half_open = 0, open = 0;
};

/// A fact about connections, for the log: a sentence of ours and its data, empty if there is none.
struct transport_fact {
  const char* text;
  std::string who, from, why;
  uint64_t count = 1; ///< connections
};

/// Takes facts; any thread.
using transport_log_writer = std::function<void(const transport_fact&)>;

/// Hands facts to the log. Any thread; one at a time.
class transport_log {
public:
  explicit transport_log(transport_log_writer write) : write_(std::move(write)) {}

  void operator()(const transport_fact& fact) {
    const std::lock_guard lock{guard_};
    if (write_)
      write_(fact);
  }
  /// After this the function is neither running nor called again.
  void silence() {
    const std::lock_guard lock{guard_};
    write_ = nullptr;
  }

private:
  std::mutex guard_;
  transport_log_writer write_;
};

} // namespace salond
