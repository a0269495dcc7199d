// A few threads that compute, and give back what is to be done with the result. Knows no CAF.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace salond {

class work_threads {
public:
  /// Computes, and answers what the owner is to do then (in take_finished()).
  using work = std::function<std::function<void()>()>;

  /// `finished` is called on a worker's thread whenever take_finished() has something new.
  work_threads(size_t count, std::function<void()> finished);
  /// Ends the threads after what they compute; what waits is dropped.
  ~work_threads();
  work_threads(const work_threads&) = delete;
  work_threads& operator=(const work_threads&) = delete;

  void put(work what);
  std::vector<std::function<void()>> take_finished();
  size_t waiting() const;

private:
  void run();

  std::function<void()> finished_callback_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<work> queue_;
  std::vector<std::function<void()>> finished_;
  bool stopping_ = false;
  std::vector<std::thread> threads_; ///< last: they use all the others
};

} // namespace salond
