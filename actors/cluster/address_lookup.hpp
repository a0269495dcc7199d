// Names of hosts to addresses, without the I/O thread waiting for a resolver.
#pragma once
#include "actors/transport/listening.hpp"
#include <caf/io/network/default_multiplexer.hpp>
#include <functional>
#include <memory>
#include <mutex>

namespace salond::cluster {

class address_lookup {
public:
  /// What was found; nothing, and why.
  using on_found = std::function<void(std::vector<socket_address> found, const std::string& why)>;

  explicit address_lookup(caf::io::network::default_multiplexer& loop);
  /// What is not found yet is told to nobody. A thread that still waits for the resolver ends by itself.
  ~address_lookup();
  address_lookup(const address_lookup&) = delete;
  address_lookup& operator=(const address_lookup&) = delete;

  /// Calls `then` on the I/O thread: at once for a numeric address, else later, out of a thread that waits for the
  /// resolver. The caller bounds how many are asked for at once.
  void look_up(const std::string& host, uint16_t port, on_found then);

private:
  /// The loop, while there is somebody to be told there.
  struct shared_loop {
    std::mutex guard;
    caf::io::network::default_multiplexer* loop = nullptr;
  };
  std::shared_ptr<shared_loop> loop_;
};

} // namespace salond::cluster
