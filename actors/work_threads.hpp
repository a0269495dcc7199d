// A few threads that compute, and give back what the owner is to do with the result. Knows no CAF.
#pragma once
#include "actors/pending_hash.hpp"
#include "actors/rules/hash_queue.hpp"
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace salond {

class work_threads {
public:
  struct work {
    /// Computes, and answers what the owner is to do then (in take_finished()).
    std::function<std::function<void()>()> compute;
    /// Tells the asker that there is no room for it.
    std::function<void()> refuse;
    /// Whether it is still wanted; none: it is.
    std::shared_ptr<pending_hash> pending = nullptr;
  };

  /// `finished` is called on a worker's thread when take_finished() has something again. `max_logins`: see
  /// hash_queue.
  work_threads(size_t count, size_t max_logins, std::function<void()> finished);
  /// Ends the threads after what they compute; what waits is dropped.
  ~work_threads();
  work_threads(const work_threads&) = delete;
  work_threads& operator=(const work_threads&) = delete;

  /// Computes the job when its turn comes, or refuses it at once, or another in its place. `from`: see hash_queue.
  void put(rules::urgency urgency, const std::string& from, work job);
  std::vector<std::function<void()>> take_finished();
  /// Refuses jobs that were taken back, so that there is room for others.
  void refuse_unwanted();

private:
  void run();

  std::function<void()> finished_callback_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  rules::hash_queue<work> queue_;
  std::vector<std::function<void()>> finished_;
  bool stopping_ = false;
  std::vector<std::thread> threads_; ///< last: they use all the others
};

} // namespace salond
