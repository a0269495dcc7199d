#include "tools/salond/cluster_port.hpp"
#include "config/load.hpp"
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <unistd.h>

namespace salond {
namespace {

[[noreturn]] void fail(const config::endpoint& where, const std::string& why) {
  throw std::runtime_error("cannot open the port for other nodes at " + config::to_string(config::admin_endpoint{where})
                           + ": " + why + "; choose another with --cluster");
}

std::vector<socket_address> addresses(const config::endpoint& where) {
  try {
    return addresses_of(where.host, where.port);
  } catch (const std::runtime_error& why) {
    fail(where, why.what());
  }
}

} // namespace

cluster_port::cluster_port(const config::endpoint& where) {
  auto address = addresses(where).front();
  const int yes = 1;
  socket_ = ::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0 || ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0
      || ::bind(socket_, reinterpret_cast<const sockaddr*>(&address.bytes), address.size) != 0
      || ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address.bytes), &address.size) != 0) {
    const std::string why = std::strerror(errno);
    if (socket_ >= 0)
      ::close(socket_);
    fail(where, why);
  }
  auto bound = where;
  bound.port = address.port();
  where_ = config::to_string(config::admin_endpoint{bound});
}

cluster_port::~cluster_port() {
  if (socket_ >= 0)
    ::close(socket_);
}

} // namespace salond
