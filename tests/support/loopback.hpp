// What tests of real sockets between actor systems of one process need.
#pragma once
#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <chrono>
#include <filesystem>
#include <thread>

namespace salond::support {

/// CAF with one thread of its scheduler and its loop, as the server has it.
inline void set_up_io(caf::actor_system_config& config) {
  config.load<caf::io::middleman>();
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", size_t{1});
  config.set("middleman.workers", size_t{0});
  config.set("middleman.attach-utility-actors", true);
}

/// Waits for a fact; false when it does not come true in time.
template <class Fact>
bool comes_true(Fact fact, std::chrono::milliseconds patience = std::chrono::seconds{15}) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!fact()) {
    if (std::chrono::steady_clock::now() > until)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return true;
}

/// Descriptors of this process.
inline size_t open_descriptors() {
  const std::filesystem::directory_iterator all{"/proc/self/fd"};
  return static_cast<size_t>(std::distance(begin(all), end(all)));
}

} // namespace salond::support
