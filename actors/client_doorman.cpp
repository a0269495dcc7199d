#include "actors/client_doorman.hpp"
#include <algorithm>
#include <arpa/inet.h>
#include <fcntl.h>
#include <limits>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace salond {
namespace {

constexpr unsigned accepts_a_turn = 64;

/// Descriptors from this one on are not for clients. The system gives out the lowest that is free.
int first_reserved_descriptor() {
  rlimit have{};
  if (::getrlimit(RLIMIT_NOFILE, &have) != 0 || have.rlim_cur > static_cast<rlim_t>(std::numeric_limits<int>::max()))
    return std::numeric_limits<int>::max();
  const auto limit = static_cast<int>(have.rlim_cur);
  return limit - std::min(64, limit / 4);
}

void set(int fd, int level, int name, int value) {
  ::setsockopt(fd, level, name, &value, sizeof value);
}

/// A dead peer is noticed within five minutes: unanswered data after four, silence after 120 s + 4 × 30 s. Of a
/// listening socket: those that it accepts inherit all of it (tcp(7)).
void notice_dead_peers(int fd) {
  set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 120);
  set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 30);
  set(fd, IPPROTO_TCP, TCP_KEEPCNT, 4);
  set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 240000);
  set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

std::string address_of(const sockaddr_storage& from) {
  char text[INET6_ADDRSTRLEN] = "";
  if (from.ss_family == AF_INET)
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(from).sin_addr, text, sizeof text);
  else if (from.ss_family == AF_INET6)
    ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(from).sin6_addr, text, sizeof text);
  return text;
}

} // namespace

client_doorman::client_doorman(net::default_multiplexer& loop, int fd, peers kind, on_accept accepted, on_pause paused)
    : net::doorman_impl(loop, fd), kind_(kind), accepted_(std::move(accepted)), paused_(std::move(paused)) {
  if (kind_ == peers::by_address)
    notice_dead_peers(fd);
}

bool client_doorman::new_connection() {
  auto& loop = acceptor_.backend();
  const auto first_reserved = first_reserved_descriptor();
  auto fd = acceptor_.accepted_socket(); // the first is accepted by CAF
  for (unsigned spent = 0; fd >= 0;) {
    if (detached()) {
      ::close(fd);
      return false;
    }
    const auto last = fd >= first_reserved;
    spent += take_in(loop, fd);
    if (last)
      return pause();
    if (spent >= accepts_a_turn || detached())
      break;
    fd = ::accept4(acceptor_.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  }
  return true;
}

unsigned client_doorman::take_in(net::default_multiplexer& loop, int fd) {
  std::string peer = local_peer;
  if (kind_ == peers::by_address) {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    ::getpeername(fd, reinterpret_cast<sockaddr*>(&from), &size);
    peer = address_of(from);
  }
  return accepted_(caf::make_counted<client_socket>(loop, fd, std::move(peer)));
}

/// The next client would take a descriptor that the operators' port, the database or the log needs.
bool client_doorman::pause() {
  remove_from_loop();
  paused_();
  return true;
}

bool client_doorman::go_on_if_possible() {
  const auto next = ::fcntl(acceptor_.fd(), F_DUPFD_CLOEXEC, 0); // the lowest that is free, as accept() would take it
  if (next >= 0)
    ::close(next);
  if (next < 0 || next >= first_reserved_descriptor())
    return false;
  add_to_loop();
  return true;
}

} // namespace salond
