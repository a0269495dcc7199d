#include "tools/salond/thread_proof.hpp"
#include <future>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <system_error>
#include <thread>
#include <vector>

namespace salond {

namespace {

void prove_addresses() {
  rlimit have{};
  if (::getrlimit(RLIMIT_AS, &have) == 0 && have.rlim_cur < addresses_of_a_node)
    throw std::runtime_error("the server needs " + std::to_string(addresses_of_a_node >> 20) + " MiB of addresses, and "
                             + std::to_string(have.rlim_cur >> 20) + " are allowed: raise the limit (ulimit -v)");
}

} // namespace

void prove_threads(size_t count) {
  prove_addresses();
  std::promise<void> all_there;
  const auto wait = all_there.get_future().share();
  std::vector<std::thread> threads;
  threads.reserve(count);
  bool refused = false;
  try {
    while (threads.size() < count)
      threads.emplace_back([wait] { wait.wait(); });
  } catch (const std::system_error&) {
    refused = true;
  }
  all_there.set_value();
  for (auto& each : threads)
    each.join();
  if (refused)
    throw std::runtime_error("only " + std::to_string(threads.size()) + " of " + std::to_string(count)
                             + " threads that the server needs are to be had" + no_thread);
}

} // namespace salond
