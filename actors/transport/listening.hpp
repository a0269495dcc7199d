// The sockets at which a server listens. A name may have several addresses, and each has a socket of its own.
#pragma once
#include <cstdint>
#include <string>
#include <sys/socket.h>
#include <vector>

namespace salond {

/// An address with its port, as the kernel takes it.
struct socket_address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
  /// Nobody named it: it is 0.0.0.0 beside `::`, and gives way to an IPv4 address that somebody named.
  bool implied = false;

  uint16_t port() const;
  void set_port(uint16_t port);
  /// Whether it is every address of its family.
  bool is_any() const;
  /// Whether this and the other cannot both be bound: the same family and port, and the same address or every one.
  bool covers(const socket_address& other) const;
  /// 127.0.0.1:5000 or [::1]:5000
  std::string to_string() const;
};

/// All addresses of a host, each once; for `::`, every address, 0.0.0.0 as well. Asks the resolver, which may take its
/// time. Throws std::runtime_error with the resolver's reason.
std::vector<socket_address> addresses_of(const std::string& host, uint16_t port);

struct listening_socket {
  socket_address address; ///< with the real port
  int descriptor = -1;
};

/// A socket that connects to the address, or has connected; -1 with errno if that fails at once. Does not block.
int connect_to(const socket_address& address);

/// Listens at one address; -1 with errno if that fails.
int listen_at(const socket_address& address);

/// Listens at all of these addresses. They have the same port; port 0: one that is free at all of them. An address that
/// this machine does not have (`::1` in a hosts file, and no IPv6) is left out if another remains. Throws
/// std::system_error with the reason of the kernel; then nothing listens.
std::vector<listening_socket> listen_at_all(const std::vector<socket_address>& all);

} // namespace salond
