#include "tests/support/stream.hpp"
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace salond::support {
namespace {

int connected(int family, const void* address, size_t size, const std::string& from = {}) {
  const int result = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in own{};
  own.sin_family = AF_INET;
  const bool bound = from.empty()
                     || (::inet_pton(AF_INET, from.c_str(), &own.sin_addr) == 1
                         && ::bind(result, reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0);
  if (bound && ::connect(result, static_cast<const sockaddr*>(address), static_cast<socklen_t>(size)) == 0) {
    const int yes = 1;
    if (family != AF_UNIX)
      ::setsockopt(result, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return result;
  }
  ::close(result);
  return -1;
}

int connect_local(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    throw std::runtime_error("too long for a socket: " + path);
  std::memcpy(address.sun_path, path.c_str(), path.size());
  return connected(AF_UNIX, &address, sizeof address);
}

int connect_tcp(const std::string& host, uint16_t port, const std::string& from) {
  if (host.front() == '[') {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    ::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &address.sin6_addr);
    return connected(AF_INET6, &address, sizeof address);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  return connected(AF_INET, &address, sizeof address, from);
}

} // namespace

stream::stream(const std::string& endpoint, const std::string& from) {
  if (endpoint.rfind("unix:", 0) == 0) {
    descriptor_ = connect_local(endpoint.substr(5));
  } else {
    const auto colon = endpoint.rfind(':');
    descriptor_ =
        connect_tcp(endpoint.substr(6, colon - 6), static_cast<uint16_t>(std::stoul(endpoint.substr(colon + 1))), from);
  }
  if (descriptor_ < 0)
    throw std::runtime_error("nobody listens on " + endpoint);
}

stream::stream(stream&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), ended_(other.ended_) {}

stream& stream::operator=(stream&& other) noexcept {
  close();
  descriptor_ = std::exchange(other.descriptor_, -1);
  ended_ = other.ended_;
  return *this;
}

stream::~stream() {
  close();
}

bool stream::send(std::string_view bytes) {
  while (!bytes.empty()) {
    pollfd room{descriptor_, POLLOUT, 0};
    if (::poll(&room, 1, 20000) <= 0)
      return false;
    const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EINTR || errno == EAGAIN))
      continue;
    if (sent < 0)
      return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

std::string stream::receive(size_t most, std::chrono::milliseconds within) {
  pollfd wait{descriptor_, POLLIN, 0};
  if (ended_ || ::poll(&wait, 1, static_cast<int>(within.count())) <= 0)
    return {};
  std::string result(most, '\0');
  const auto got = ::recv(descriptor_, result.data(), most, 0);
  ended_ = got <= 0;
  result.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return result;
}

void stream::finish() {
  ::shutdown(descriptor_, SHUT_WR);
}

void stream::close() {
  if (descriptor_ >= 0)
    ::close(std::exchange(descriptor_, -1));
}

} // namespace salond::support
