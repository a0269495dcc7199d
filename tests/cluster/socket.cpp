#include "tests/cluster/socket.hpp"
#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace salond::faults {

void line_socket::connect(const door& to) {
  close();
  descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(to.port);
  ::inet_pton(AF_INET, to.host.c_str(), &address.sin_addr);
  const int yes = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno != EINPROGRESS)
    close();
}

void line_socket::close() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
  descriptor_ = -1;
  unsent_.clear();
  heard_.clear();
}

void line_socket::send() {
  if (unsent_.empty())
    return;
  const auto sent = ::send(descriptor_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent > 0)
    unsent_.erase(0, static_cast<size_t>(sent));
}

bool line_socket::receive() {
  for (char buffer[65536];;) {
    const auto got = ::recv(descriptor_, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got > 0)
      heard_.append(buffer, static_cast<size_t>(got));
    else
      return got < 0 && (errno == EAGAIN || errno == EINTR);
  }
}

std::optional<std::string> line_socket::line() {
  const auto end = heard_.find('\n');
  if (end == std::string::npos)
    return std::nullopt;
  auto result = heard_.substr(0, end);
  heard_.erase(0, end + 1);
  return result;
}

} // namespace salond::faults
