#include "actors/transport/listening.hpp"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <stdexcept>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace salond {
namespace {

// A port that is free at one address is rarely taken at another.
constexpr int tries_for_a_port = 16;

const sockaddr_in& four(const socket_address& address) {
  return reinterpret_cast<const sockaddr_in&>(address.bytes);
}

const sockaddr_in6& six(const socket_address& address) {
  return reinterpret_cast<const sockaddr_in6&>(address.bytes);
}

bool same_host(const socket_address& a, const socket_address& b) {
  if (a.bytes.ss_family == AF_INET)
    return four(a).sin_addr.s_addr == four(b).sin_addr.s_addr;
  return std::memcmp(&six(a).sin6_addr, &six(b).sin6_addr, sizeof(in6_addr)) == 0
         && six(a).sin6_scope_id == six(b).sin6_scope_id;
}

bool is_not_here(int error) {
  return error == EADDRNOTAVAIL || error == EAFNOSUPPORT;
}

void close_all(const std::vector<listening_socket>& all) {
  for (const auto& each : all)
    ::close(each.descriptor);
}

socket_address as_bound(int descriptor) {
  socket_address real;
  real.size = sizeof real.bytes;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&real.bytes), &real.size);
  return real;
}

/// 0, or the error of the address at which it cannot listen.
int try_all(std::vector<socket_address> all, std::vector<listening_socket>& opened) {
  int not_here = EADDRNOTAVAIL;
  for (size_t i = 0; i < all.size(); ++i) {
    const auto descriptor = listen_at(all[i]);
    if (descriptor < 0 && is_not_here(errno)) {
      not_here = errno;
      continue;
    }
    if (descriptor < 0)
      return errno;
    opened.push_back({as_bound(descriptor), descriptor});
    for (auto& next : all)
      next.set_port(opened.front().address.port());
  }
  return opened.empty() ? not_here : 0;
}

} // namespace

uint16_t socket_address::port() const {
  return ntohs(bytes.ss_family == AF_INET6 ? six(*this).sin6_port : four(*this).sin_port);
}

void socket_address::set_port(uint16_t port) {
  if (bytes.ss_family == AF_INET6)
    reinterpret_cast<sockaddr_in6&>(bytes).sin6_port = htons(port);
  else
    reinterpret_cast<sockaddr_in&>(bytes).sin_port = htons(port);
}

bool socket_address::is_any() const {
  return bytes.ss_family == AF_INET6 ? IN6_IS_ADDR_UNSPECIFIED(&six(*this).sin6_addr)
                                     : four(*this).sin_addr.s_addr == INADDR_ANY;
}

bool socket_address::covers(const socket_address& other) const {
  return bytes.ss_family == other.bytes.ss_family && port() == other.port() && port() != 0
         && (is_any() || same_host(*this, other));
}

std::string socket_address::to_string() const {
  char host[NI_MAXHOST] = "";
  ::getnameinfo(reinterpret_cast<const sockaddr*>(&bytes), size, host, sizeof host, nullptr, 0, NI_NUMERICHOST);
  const auto text = bytes.ss_family == AF_INET6 ? "[" + std::string(host) + "]" : std::string(host);
  return text + ":" + std::to_string(port());
}

std::vector<socket_address> addresses_of(const std::string& host, uint16_t port) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  if (const auto error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found); error != 0)
    throw std::runtime_error(::gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> guard{found, ::freeaddrinfo};
  std::vector<socket_address> all;
  for (const auto* each = found; each; each = each->ai_next) {
    if (each->ai_family != AF_INET && each->ai_family != AF_INET6)
      continue;
    socket_address next;
    std::memcpy(&next.bytes, each->ai_addr, each->ai_addrlen);
    next.size = each->ai_addrlen;
    const auto known = std::any_of(all.begin(), all.end(), [&](const auto& old) {
      return old.bytes.ss_family == next.bytes.ss_family && same_host(old, next); // a hosts file may say it twice
    });
    if (!known)
      all.push_back(next);
  }
  if (all.size() == 1 && all[0].bytes.ss_family == AF_INET6 && all[0].is_any()) {
    all.push_back(addresses_of("0.0.0.0", port).at(0));
    all.back().implied = true;
  }
  return all;
}

int connect_to(const socket_address& address) {
  const auto descriptor = ::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0 || ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address.bytes), address.size) == 0
      || errno == EINPROGRESS)
    return descriptor;
  const auto reason = errno;
  ::close(descriptor);
  errno = reason;
  return -1;
}

int listen_at(const socket_address& address) {
  const auto descriptor = ::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0)
    return -1;
  const int yes = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes); // a restart need not wait for old connections
  if (address.bytes.ss_family == AF_INET6) // 0.0.0.0 has a socket of its own, where peers have their IPv4 addresses
    ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address.bytes), address.size) == 0
      && ::listen(descriptor, SOMAXCONN) == 0)
    return descriptor;
  const auto reason = errno;
  ::close(descriptor);
  errno = reason;
  return -1;
}

std::vector<listening_socket> listen_at_all(const std::vector<socket_address>& all) {
  const auto any_port = !all.empty() && all.front().port() == 0;
  for (int i = 1;; ++i) {
    std::vector<listening_socket> opened;
    const auto reason = try_all(all, opened);
    if (reason == 0)
      return opened;
    close_all(opened);
    if (!any_port || reason != EADDRINUSE || i == tries_for_a_port)
      throw std::system_error(reason, std::generic_category());
  }
}

} // namespace salond
