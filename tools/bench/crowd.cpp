#include "tools/bench/crowd.hpp"
#include <array>
#include <numeric>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

namespace salond::bench {

using namespace std::chrono_literals;

crowd::crowd(const std::vector<uint16_t>& ports, size_t size, way over) : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  for (size_t i = 0; i < size; ++i) {
    clients_.emplace_back("u" + std::to_string(i), over);
    ports_.push_back(ports[i % ports.size()]);
  }
}

crowd::~crowd() {
  clients_.clear();
  ::close(epoll_);
}

void crowd::turn(std::chrono::nanoseconds at_most) {
  for (auto* speaker : unflushed_)
    speaker->flush();
  unflushed_.clear();
  std::array<epoll_event, 512> events;
  const timespec wait{at_most.count() / 1'000'000'000, at_most.count() % 1'000'000'000};
  const auto count = ::epoll_pwait2(epoll_, events.data(), events.size(), &wait, nullptr);
  for (int i = 0; i < count; ++i)
    static_cast<client*>(events[static_cast<size_t>(i)].data.ptr)->on_event(events[static_cast<size_t>(i)].events);
}

void crowd::run(std::chrono::nanoseconds duration) {
  const auto end = std::chrono::steady_clock::now() + duration;
  for (auto now = std::chrono::steady_clock::now(); now < end; now = std::chrono::steady_clock::now())
    turn(end - now);
}

void crowd::say(size_t i, std::string_view line) {
  clients_[i].say(line);
  unflushed_.insert(&clients_[i]);
}

crowd::entry crowd::log_in(size_t window, std::chrono::seconds patience) {
  std::vector<size_t> all(clients_.size());
  std::iota(all.begin(), all.end(), size_t{0});
  return log_in(all, window, patience);
}

crowd::entry crowd::log_in(const std::vector<size_t>& who, size_t window, std::chrono::seconds patience,
                           const std::function<void()>& meanwhile) {
  using clock = std::chrono::steady_clock;
  const auto start = clock::now();
  entry result;
  std::deque<std::pair<instant, size_t>> waiting;
  for (const auto i : who)
    if (clients_[i].now_at() == client::stage::closed)
      waiting.emplace_back(start, i);
  std::vector<size_t> coming;
  while ((!waiting.empty() || !coming.empty()) && clock::now() < start + patience) {
    while (!waiting.empty() && coming.size() < window && waiting.front().first <= clock::now()) {
      const auto next = waiting.front().second;
      clients_[next].open(ports_[next], epoll_);
      coming.push_back(next);
      waiting.pop_front();
    }
    meanwhile();
    turn(10ms);
    for (size_t i = 0; i < coming.size();) {
      const auto at = clients_[coming[i]].now_at();
      if (at == client::stage::closed) {
        ++result.failed;
        waiting.emplace_back(clock::now() + 100ms, coming[i]);
      }
      if (at == client::stage::closed || at == client::stage::ready) {
        coming[i] = coming.back();
        coming.pop_back();
      } else {
        ++i;
      }
    }
  }
  result.seconds = std::chrono::duration<double>(clock::now() - start).count();
  result.outside = waiting.size() + coming.size();
  return result;
}

size_t crowd::ask_tokens(std::chrono::seconds patience) {
  // A few at a time: each token is a transaction of its own client's.
  constexpr size_t window = 256;
  const auto end = std::chrono::steady_clock::now() + patience;
  size_t next = 0, done = 0;
  std::vector<client*> asking;
  while ((next < clients_.size() || !asking.empty()) && std::chrono::steady_clock::now() < end) {
    for (; next < clients_.size() && asking.size() < window; ++next)
      if (clients_[next].ready()) {
        clients_[next].ask_token();
        asking.push_back(&clients_[next]);
      }
    turn(10ms);
    for (size_t i = 0; i < asking.size();) {
      if (asking[i]->now_at() == client::stage::asking_token) {
        ++i;
        continue;
      }
      done += asking[i]->has_token();
      asking[i] = asking.back();
      asking.pop_back();
    }
  }
  return done;
}

} // namespace salond::bench
