// Signals while the server starts: it may wait for a resolver, a database or a disk, and is to end all the same.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <sys/signalfd.h>
#include <thread>

namespace salond {

/// Blocks SIGTERM, SIGINT, SIGHUP, and those that mean nothing here and would end the process, in this thread, and in
/// those that it starts, and ignores SIGPIPE and SIGXFSZ. Answers a descriptor from which they are read. Throws
/// std::runtime_error.
int block_signals();

/// Whether the signal means nothing here; logs that it came. Who sends it takes us for another program.
bool means_nothing(const signalfd_siginfo& heard);

/// Hears SIGTERM and SIGINT from its making until over(). Whoever starts the server looks at told_to_stop() where it
/// can; where it is not over half a second after the signal, the process ends as it is: all that a start does may be
/// cut off at any point. SIGHUP means nothing yet.
class start_watch {
public:
  /// Throws std::runtime_error or std::system_error where there is no descriptor, or no thread.
  explicit start_watch(int signals);
  /// As over().
  ~start_watch();
  start_watch(const start_watch&) = delete;
  start_watch& operator=(const start_watch&) = delete;

  /// The exit status of a start that was told to stop; 0 until this is called.
  void ends_with(int status) { status_ = status; }
  int status() const { return status_; }
  /// Waits for the signal, no longer than that; true as soon as it came.
  bool told_to_stop(std::chrono::milliseconds within = {});
  /// From now on signals are another's to read. True when one was heard before.
  bool over();

private:
  void listen(int signals);

  std::atomic<int> status_{0};
  const int wake_;
  std::mutex guard_;
  std::condition_variable changed_;
  bool told_ = false, over_ = false;
  std::thread thread_;
};

} // namespace salond
