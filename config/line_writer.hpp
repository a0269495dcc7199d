// Writes lines to a descriptor from a thread of its own, so that whoever reads them, or does not, holds up nobody.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>

namespace salond {

/// Lines in the order in which they were given, each with one write(2) where the kernel takes it whole. What waits has
/// a bound; a line above it is lost, and so is one that the descriptor refuses, be it in the middle. Losses are counted
/// and told in a line at their place as soon as one gets through. Lives as long as the process: nothing may wait for
/// its thread.
class line_writer {
public:
  /// The line that tells of so many lost ones; with its line end.
  using teller = std::function<std::string(uint64_t lost)>;

  line_writer(int descriptor, teller of_losses);
  line_writer(const line_writer&) = delete;
  line_writer& operator=(const line_writer&) = delete;
  ~line_writer() = delete;

  /// Never waits for the reader. `line` holds its line end. Any thread.
  void put(std::string line);

  /// Waits until all that was put is written or lost, but no longer than that. False: something still waits. Where no
  /// thread was to be had, it writes by itself.
  bool flush(std::chrono::milliseconds within);

private:
  struct entry {
    std::string line;
    uint64_t lost_before = 0; ///< lines that would stand between the last one and this
  };

  void begin();
  void work();
  void write_next(std::unique_lock<std::mutex>& lock);
  void write(const entry& next);
  void tell_losses();
  bool write_whole(std::string text);

  const int descriptor_;
  const teller of_losses_;
  std::mutex guard_;
  std::condition_variable more_, idle_;
  std::deque<entry> waiting_;
  size_t waiting_bytes_ = 0;
  uint64_t lost_behind_ = 0; ///< after the last that waits
  bool begun_ = false, full_ = false, busy_ = false;
  // Of the thread alone.
  uint64_t untold_ = 0; ///< lost, and not yet told
  bool torn_ = false;   ///< the last that was written has no line end
};

} // namespace salond
