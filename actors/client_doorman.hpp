// The door that clients come through, in CAF's event loop. Lives on the I/O thread alone.
#pragma once
#include "actors/client_socket.hpp"
#include <caf/io/network/doorman_impl.hpp>
#include <functional>

namespace salond {

/// The address of every client of a unix socket.
inline constexpr const char* local_peer = "local";

/// Accepts clients, up to 64 a turn of the loop, and gives each to `accepted`. When descriptors run short it accepts
/// nobody until some are free again: the last quarter of them, at most 64, is for the server itself.
class client_doorman : public net::doorman_impl {
public:
  /// Answers how many of a turn's 64 accepts this client counts for, at least 1.
  using on_accept = std::function<unsigned(caf::intrusive_ptr<client_socket>)>;
  using on_pause = std::function<void()>;

  /// Owns `fd`, a listening socket. `local`: peers have no address of their own (a unix socket).
  enum class peers { by_address, local };
  client_doorman(net::default_multiplexer& loop, int fd, peers kind, on_accept accepted, on_pause paused);

  bool new_connection() override;
  /// Accepts again if there are descriptors. REQUIRES: it called `paused` in an earlier turn of the loop.
  bool go_on_if_possible();
  std::string addr() const override { return {}; } // CAF's would abort the process for a unix socket
  uint16_t port() const override { return 0; }

private:
  unsigned take_in(net::default_multiplexer& loop, int fd);
  bool pause();

  peers kind_;
  on_accept accepted_;
  on_pause paused_;
};

} // namespace salond
