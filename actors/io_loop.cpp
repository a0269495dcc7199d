#include "actors/io_loop.hpp"
#include <algorithm>
#include <caf/ref_counted.hpp>
#include <iterator>
#include <sched.h>
#include <thread>
#include <utility>

namespace salond {

/// Goes through CAF's pipe, once for all that waits.
class io_loop::taker final : public caf::ref_counted, public caf::resumable {
public:
  explicit taker(io_loop& loop) : loop_(loop) {}

  subtype_t subtype() const override { return function_object; }
  resume_result resume(caf::execution_unit*, size_t) override { return loop_.take() ? resume_later : done; }
  void intrusive_ptr_add_ref_impl() override { ref(); }
  void intrusive_ptr_release_impl() override { deref(); }

private:
  io_loop& loop_;
};

io_loop::io_loop(caf::actor_system* system) : default_multiplexer(system), taker_(caf::make_counted<taker>(*this)) {}

io_loop::~io_loop() = default;

void io_loop::run() {
  const sched_param none{};
  if (::sched_getscheduler(0) == SCHED_BATCH)
    ::sched_setscheduler(0, SCHED_OTHER, &none);
  default_multiplexer::run();
}

void io_loop::exec_later(caf::resumable* work) {
  const auto kind = work->subtype();
  const auto is_ours = kind == caf::resumable::io_actor || kind == caf::resumable::function_object;
  if (!is_ours || std::this_thread::get_id() == thread_id())
    return default_multiplexer::exec_later(work);
  {
    const std::lock_guard lock{mutex_};
    handed_over_.emplace_back(work, false); // the caller's reference is ours now
    if (std::exchange(awaited_, true))
      return;
  }
  caf::intrusive_ptr<caf::resumable> messenger{taker_.get()};
  default_multiplexer::exec_later(messenger.release());
}

bool io_loop::take() {
  works mine;
  auto left = false;
  {
    const std::lock_guard lock{mutex_};
    const auto count = std::min(handed_over_.size(), max_a_turn);
    const auto end = std::next(handed_over_.begin(), static_cast<std::ptrdiff_t>(count));
    std::move(handed_over_.begin(), end, std::back_inserter(mine));
    handed_over_.erase(handed_over_.begin(), end);
    left = awaited_ = !handed_over_.empty();
  }
  for (auto& work : mine)
    resume(std::move(work));
  return left;
}

} // namespace salond
