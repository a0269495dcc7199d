#include "actors/work_threads.hpp"
#include <utility>

namespace salond {

work_threads::work_threads(size_t count, size_t max_logins, std::function<void()> finished)
    : finished_callback_(std::move(finished)), queue_(count, max_logins) {
  for (size_t i = 0; i < count; ++i)
    threads_.emplace_back([this] { run(); });
}

work_threads::~work_threads() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_)
    thread.join();
}

void work_threads::put(rules::urgency urgency, const std::string& from, work job) {
  std::optional<work> refused;
  {
    std::lock_guard lock{mutex_};
    refused = queue_.put(urgency, std::move(job), from);
  }
  wake_.notify_one();
  if (refused)
    refused->refuse();
}

std::vector<std::function<void()>> work_threads::take_finished() {
  std::lock_guard lock{mutex_};
  return std::exchange(finished_, {});
}

void work_threads::refuse_unwanted() {
  std::vector<work> unwanted;
  {
    std::lock_guard lock{mutex_};
    unwanted = queue_.take_out([](const work& each) { return each.pending && each.pending->taken_back(); });
  }
  for (auto& each : unwanted)
    each.refuse();
}

void work_threads::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    std::optional<std::pair<rules::urgency, work>> next;
    wake_.wait(lock, [&] { return stopping_ || (next = queue_.take()); });
    if (stopping_)
      return;
    lock.unlock();
    const auto& pending = next->second.pending;
    auto then = !pending || pending->begin() ? next->second.compute() : std::move(next->second.refuse);
    lock.lock();
    queue_.over(next->first); // this thread looks again, and takes what may be taken now
    finished_.push_back(std::move(then));
    if (finished_.size() > 1)
      continue; // its owner was told, and has not come yet
    lock.unlock();
    finished_callback_();
    lock.lock();
  }
}

} // namespace salond
