#include "tools/bench/load.hpp"
#include <unistd.h>
#include <utility>

namespace salond::bench {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

namespace {

// An open phase is given up when the server is so far behind.
constexpr auto max_behind = 3s;
// Nothing more is expected when nothing has come for so long.
constexpr auto quiet = 5s;

} // namespace

std::string phase::name() const {
  return (type == kind::closed ? "closed:" : "open:") + std::to_string(amount);
}

void load::post(size_t which, instant due) {
  auto& to = streams_[which];
  const auto sender = to.senders[to.turn++ % to.senders.size()];
  clients_.say(sender, checks_.post(to.audience, clients_.at(sender).name(), due));
}

void load::replace_completed() {
  for (const auto audience : checks_.take_completed())
    if (now_->type == phase::kind::closed)
      post(audience, clock::now()); // a stream has the number of its audience
}

/// Posts what is due; false once the server is too far behind.
bool load::run_schedule(instant end) {
  const auto interval = std::chrono::nanoseconds{
      static_cast<int64_t>(1e9 * static_cast<double>(streams_[0].hearers) / static_cast<double>(now_->amount))};
  const auto most = static_cast<size_t>(max_behind / interval);
  for (auto now = clock::now(); now < end; now = clock::now()) {
    for (; due_ <= now; due_ += interval)
      post(next_stream_++ % streams_.size(), due_);
    clients_.turn(std::max<std::chrono::nanoseconds>(std::min(due_, end) - clock::now(), 0ns));
    checks_.take_completed();
    if (checks_.in_flight() > most + 10)
      return false;
  }
  return true;
}

void load::run_until(instant end) {
  for (auto now = clock::now(); now < end; now = clock::now()) {
    clients_.turn(end - now);
    replace_completed();
  }
}

measurement load::run(const phase& wanted) {
  measurement result;
  now_ = &wanted;
  due_ = clock::now();
  const auto closed = wanted.type == phase::kind::closed;
  for (size_t i = 0; closed && i < wanted.amount; ++i)
    post(next_stream_++ % streams_.size(), due_);
  if (closed)
    run_until(due_ + wanted.warm_up);
  else
    result.kept_up = run_schedule(due_ + wanted.warm_up);
  checks_.latencies().clear();
  const auto start = clock::now();
  const auto before = checks_.deliveries();
  const auto server = cpu_seconds(measured_.servers), database = cpu_seconds(measured_.database);
  const auto own = cpu_seconds(::getpid());
  if (closed)
    run_until(start + wanted.duration);
  else
    result.kept_up = result.kept_up && run_schedule(start + wanted.duration);
  result.seconds = std::chrono::duration<double>(clock::now() - start).count();
  result.deliveries = checks_.deliveries() - before;
  result.server_cpu = cpu_seconds(measured_.servers) - server;
  result.database_cpu = cpu_seconds(measured_.database) - database;
  result.own_cpu = cpu_seconds(::getpid()) - own;
  result.undrained = drain();
  result.latencies = checks_.latencies();
  return result;
}

size_t load::drain() {
  auto seen = checks_.deliveries();
  for (auto end = clock::now() + quiet; checks_.in_flight() > 0 && clock::now() < end;) {
    clients_.turn(50ms);
    checks_.take_completed();
    if (std::exchange(seen, checks_.deliveries()) != checks_.deliveries())
      end = clock::now() + quiet;
  }
  return checks_.in_flight();
}

} // namespace salond::bench
