#include "tests/cluster/crowd.hpp"
#include <poll.h>

namespace salond::faults {

crowd::crowd(scene& where, uint64_t seed) {
  for (size_t i = 0; i < where.users.size(); ++i) {
    const bool two = i % 3 == 0;
    all_.push_back(std::make_unique<chatter>(where, where.users[i], i % 3 == 1, ++seed * 7919));
    if (two)
      all_.push_back(std::make_unique<chatter>(where, where.users[i], false, ++seed * 7919));
  }
  thread_ = std::thread([this] { live(); });
}

crowd::~crowd() {
  stopping_ = true;
  thread_.join();
}

void crowd::live() {
  while (!stopping_)
    look_once();
}

void crowd::look_once() {
  size_t in = 0, waiting = 0, gone = 0;
  std::vector<pollfd> sockets;
  std::vector<chatter*> whose;
  for (const auto& each : all_) {
    each->tick();
    in += each->in();
    waiting += !each->quiet();
    gone += each->gone();
    if (each->descriptor() < 0)
      continue;
    sockets.push_back({each->descriptor(), static_cast<short>(each->has_to_send() ? POLLIN | POLLOUT : POLLIN), 0});
    whose.push_back(each.get());
  }
  in_ = in;
  waiting_ = waiting;
  gone_ = gone;
  constexpr int look_again_ms = 5;
  if (::poll(sockets.data(), sockets.size(), look_again_ms) <= 0)
    return;
  for (size_t i = 0; i < sockets.size(); ++i)
    if (sockets[i].revents)
      whose[i]->ready();
}

} // namespace salond::faults
