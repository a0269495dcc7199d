// All clients of a run, on a thread of their own.
#pragma once
#include "tests/cluster/chatter.hpp"
#include <functional>
#include <memory>
#include <thread>

namespace salond::faults {

class crowd {
public:
  /// One client for each user, and a second one for every third.
  crowd(scene& where, uint64_t seed);
  crowd(const crowd&) = delete;
  crowd& operator=(const crowd&) = delete;
  ~crowd();

  /// Clients that are logged in.
  size_t in() const { return in_; }
  size_t size() const { return all_.size(); }
  /// Clients that wait for an answer.
  size_t waiting() const { return waiting_; }
  /// Clients that said farewell.
  size_t gone() const { return gone_; }

private:
  void live();
  void look_once();

  std::vector<std::unique_ptr<chatter>> all_;
  std::atomic<size_t> in_{0}, waiting_{0}, gone_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

} // namespace salond::faults
