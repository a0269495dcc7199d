#include "actors/cluster/address_lookup.hpp"
#include <arpa/inet.h>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

namespace salond::cluster {
namespace {

bool is_numeric(const std::string& host) {
  in6_addr address{}; // large enough for both
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1 || ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

/// What the resolver says; nothing, and why.
std::pair<std::vector<socket_address>, std::string> asked(const std::string& host, uint16_t port) {
  try {
    return {addresses_of(host, port), {}};
  } catch (const std::runtime_error& why) {
    return {{}, why.what()};
  }
}

} // namespace

address_lookup::address_lookup(caf::io::network::default_multiplexer& loop) : loop_(std::make_shared<shared_loop>()) {
  loop_->loop = &loop;
}

address_lookup::~address_lookup() {
  const std::lock_guard lock{loop_->guard};
  loop_->loop = nullptr;
}

void address_lookup::look_up(const std::string& host, uint16_t port, on_found then) {
  if (is_numeric(host)) {
    auto [found, why] = asked(host, port);
    return then(std::move(found), why);
  }
  try {
    std::thread([shared = loop_, host, port, then] {
      auto result = asked(host, port);
      const std::lock_guard lock{shared->guard};
      if (shared->loop)
        shared->loop->post([shared, then, result = std::move(result)] {
          if (shared->loop) // it is ended on this thread alone
            then(result.first, result.second);
        });
    }).detach();
  } catch (const std::system_error& error) {
    then({}, error.what());
  }
}

} // namespace salond::cluster
