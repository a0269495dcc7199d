#include "actors/work_threads.hpp"
#include <utility>

namespace salond {

work_threads::work_threads(size_t count, std::function<void()> finished) : finished_callback_(std::move(finished)) {
  for (size_t i = 0; i < count; ++i)
    threads_.emplace_back([this] { run(); });
}

work_threads::~work_threads() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& one : threads_)
    one.join();
}

void work_threads::put(work what) {
  {
    std::lock_guard lock{mutex_};
    queue_.push_back(std::move(what));
  }
  wake_.notify_one();
}

std::vector<std::function<void()>> work_threads::take_finished() {
  std::lock_guard lock{mutex_};
  return std::exchange(finished_, {});
}

size_t work_threads::waiting() const {
  std::lock_guard lock{mutex_};
  return queue_.size();
}

void work_threads::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (stopping_)
      return;
    auto next = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    auto then = next();
    lock.lock();
    finished_.push_back(std::move(then));
    lock.unlock();
    finished_callback_();
    lock.lock();
  }
}

} // namespace salond
