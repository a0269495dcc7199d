#include "tests/cluster/gate.hpp"
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

namespace salond::faults {
namespace {

union any_address {
  sockaddr all;
  sockaddr_un local;
  sockaddr_in ip;
};
struct place {
  any_address address{};
  socklen_t size = 0;
};

place place_of(const std::string& spelled) {
  place result;
  if (spelled.rfind("unix:", 0) == 0) {
    result.address.local.sun_family = AF_UNIX;
    const auto path = spelled.substr(5);
    if (path.size() >= sizeof result.address.local.sun_path)
      throw std::runtime_error("too long for a socket: " + path);
    std::memcpy(result.address.local.sun_path, path.c_str(), path.size() + 1);
    result.size = sizeof result.address.local;
    return result;
  }
  const auto colon = spelled.rfind(':');
  result.address.ip.sin_family = AF_INET;
  result.address.ip.sin_port = htons(static_cast<uint16_t>(std::stoul(spelled.substr(colon + 1))));
  ::inet_pton(AF_INET, spelled.substr(0, colon).c_str(), &result.address.ip.sin_addr);
  result.size = sizeof result.address.ip;
  return result;
}

int socket_for(const place& one) {
  return ::socket(one.address.all.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

std::string with_its_port(const std::string& spelled, int listener) {
  if (spelled.rfind("unix:", 0) == 0)
    return spelled;
  place bound;
  bound.size = sizeof bound.address;
  ::getsockname(listener, &bound.address.all, &bound.size);
  return spelled.substr(0, spelled.rfind(':') + 1) + std::to_string(ntohs(bound.address.ip.sin_port));
}

} // namespace

gate::gate(const std::string& at, std::string to) : to_(std::move(to)) {
  const auto here = place_of(at);
  listener_ = socket_for(here);
  if (listener_ < 0 || ::bind(listener_, &here.address.all, here.size) != 0 || ::listen(listener_, 64) != 0)
    throw std::runtime_error("a gate cannot listen at " + at);
  at_ = with_its_port(at, listener_);
  thread_ = std::thread([this] { serve(); });
}

gate::~gate() {
  stopping_ = true;
  thread_.join();
  for (const auto& each : all_)
    end(each);
  ::close(listener_);
}

void gate::serve() {
  while (!stopping_)
    look_once();
}

void gate::take() {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  const auto there = place_of(to_);
  const int server = socket_for(there);
  if (client >= 0 && ::connect(server, &there.address.all, there.size) == 0) {
    all_.push_back({{client, server, {}, false}, {server, client, {}, false}});
    return;
  }
  ::close(server);
  ::close(client);
}

void gate::end(const connection& connection) {
  ::close(connection.there.from);
  ::close(connection.there.to);
}

bool gate::carry(way& way, short from, short to) {
  if (way.unsent.empty() && !way.ended && (from & (POLLIN | POLLHUP | POLLERR))) {
    char buffer[65536];
    const auto got = ::recv(way.from, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got > 0)
      way.unsent.assign(buffer, static_cast<size_t>(got));
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
      way.ended = true;
  }
  if (!way.unsent.empty()) {
    const auto sent = ::send(way.to, way.unsent.data(), way.unsent.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0)
      way.unsent.erase(0, static_cast<size_t>(sent));
    else if (sent < 0 && errno != EAGAIN && errno != EINTR)
      return false;
  }
  return !(way.ended && way.unsent.empty()) && !(to & POLLERR);
}

void gate::look_once() {
  constexpr int look_again_ms = 20;
  if (shut_) {
    ::poll(nullptr, 0, look_again_ms);
    return;
  }
  std::vector<pollfd> sockets{{listener_, POLLIN, 0}};
  const auto wanted = [](const way& in, const way& out) {
    return static_cast<short>((in.unsent.empty() ? POLLIN : 0) | (out.unsent.empty() ? 0 : POLLOUT));
  };
  for (const auto& each : all_) {
    sockets.push_back({each.there.from, wanted(each.there, each.back), 0});
    sockets.push_back({each.there.to, wanted(each.back, each.there), 0});
  }
  if (::poll(sockets.data(), sockets.size(), look_again_ms) <= 0)
    return;
  size_t i = 1;
  for (auto one = all_.begin(); one != all_.end(); i += 2) {
    const auto client = sockets[i].revents, server = sockets[i + 1].revents;
    if ((client | server) == 0 || (carry(one->there, client, server) && carry(one->back, server, client))) {
      ++one;
      continue;
    }
    end(*one);
    one = all_.erase(one);
  }
  if (sockets[0].revents)
    take();
}

} // namespace salond::faults
