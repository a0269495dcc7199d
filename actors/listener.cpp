#include "actors/listener.hpp"
#include "actors/connection.hpp"
#include "actors/network.hpp"
#include "config/log.hpp"
#include <cstring>
#include <netdb.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace salond {
namespace {

[[noreturn]] void fail(const config::endpoint& where, const std::string& what, int error) {
  std::string advice;
  if (error == EADDRINUSE)
    advice = "; another program listens there: stop it, or choose another --listen";
  else if (error == EACCES)
    advice = "; ports below 1024 need a right that salond does not have";
  throw std::runtime_error("cannot listen on " + where.to_string() + ": " + what + ": " + std::strerror(error)
                           + advice);
}

int listen_on(const config::endpoint& where, int family, const sockaddr* address, socklen_t size) {
  const auto fd = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    fail(where, "socket", errno);
  const int yes = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes); // a restart need not wait for old connections
  if (family == AF_INET6)
    ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes); // what the address says, and nothing else
  if (::bind(fd, address, size) != 0 || ::listen(fd, SOMAXCONN) != 0) {
    const auto error = errno;
    ::close(fd);
    fail(where, "bind", error);
  }
  return fd;
}

bound_endpoint bind_tcp(const config::endpoint& where) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  const auto port = std::to_string(where.port);
  if (const auto error = ::getaddrinfo(where.host.c_str(), port.c_str(), &hints, &found); error != 0)
    throw std::runtime_error("cannot listen on " + where.to_string() + ": " + ::gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> guard{found, ::freeaddrinfo};
  bound_endpoint result{where, listen_on(where, found->ai_family, found->ai_addr, found->ai_addrlen)};
  sockaddr_storage real{};
  socklen_t size = sizeof real;
  ::getsockname(result.fd, reinterpret_cast<sockaddr*>(&real), &size);
  result.where.port = ntohs(real.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(real).sin6_port
                                                       : reinterpret_cast<sockaddr_in&>(real).sin_port);
  return result;
}

bound_endpoint bind_unix(const config::endpoint& where) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (where.path.size() >= sizeof address.sun_path)
    fail(where, "path", ENAMETOOLONG);
  std::memcpy(address.sun_path, where.path.c_str(), where.path.size() + 1);
  // A socket that a killed server left is in the way; one that somebody answers on is not ours to remove.
  const auto probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto answered = ::connect(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  const auto refused = !answered && errno == ECONNREFUSED;
  ::close(probe);
  if (answered)
    fail(where, "bind", EADDRINUSE);
  if (refused)
    ::unlink(where.path.c_str());
  return {where, listen_on(where, AF_UNIX, reinterpret_cast<sockaddr*>(&address), sizeof address)};
}

/// How many of a turn's accepts a connection is worth whose address has used up its allowance: whoever opens
/// connections for nothing has few in each turn.
constexpr unsigned worth_in_debt = 8;

// How often a door looks whether descriptors are free again.
constexpr auto pause_for_descriptors = std::chrono::milliseconds{100};

unsigned let_in(caf::io::broker* self, net::default_multiplexer& loop, const std::shared_ptr<audience>& house,
                dialect speaks, config::endpoint::kind how, caf::intrusive_ptr<client_socket> socket) {
  if (house->overrun())
    return 1; // closed without a word: there are too many to talk to
  if (how == config::endpoint::kind::tls)
    socket->speak_tls(house->certificate);
  const auto now = self->clock().now();
  const auto refusal = house->refuses(socket->peer());
  if (refusal)
    house->tell_fact("refused a connection", to_string(*refusal), socket->peer(), now);
  const auto worth = house->allowed.in_debt(network_of(socket->peer()), now) ? worth_in_debt : 1;
  caf::actor_config cfg{&loop};
  self->system().spawn_class<connection, caf::no_spawn_options>(cfg, house, std::move(socket), speaks, refusal);
  return worth;
}

void look_for_descriptors_later(caf::io::broker* self) {
  caf::delayed_anon_send(caf::actor_cast<caf::actor>(self), pause_for_descriptors, wake{});
}

} // namespace

bound_endpoint bind_endpoint(const config::endpoint& where) {
  return where.how == config::endpoint::kind::unix_socket ? bind_unix(where) : bind_tcp(where);
}

caf::behavior listener(caf::io::broker* self, std::shared_ptr<audience> house, bound_endpoint door, dialect speaks) {
  auto& loop = dynamic_cast<net::default_multiplexer&>(self->system().middleman().backend());
  const auto local = door.where.how == config::endpoint::kind::unix_socket;
  self->set_error_handler([](caf::error& why) {
    log::warning("a listener was told an error", {{"why", to_string(why)}});
  });
  const auto accepted = [self, &loop, house, speaks, how = door.where.how](caf::intrusive_ptr<client_socket> socket) {
    return let_in(self, loop, house, speaks, how, std::move(socket));
  };
  const auto paused = [self, house] {
    house->tell_fact("accepting pauses: descriptors run short", "limit of open files", "", self->clock().now());
    look_for_descriptors_later(self);
  };
  const auto entrance = caf::make_counted<client_doorman>(
      loop, door.fd, local ? client_doorman::peers::local : client_doorman::peers::by_address, accepted, paused);
  self->add_doorman(entrance);
  return {
      [self](const caf::io::acceptor_closed_msg&) { self->quit(caf::exit_reason::unhandled_exception); },
      [self, entrance](const wake&) {
        if (!entrance->go_on_if_possible())
          look_for_descriptors_later(self);
      },
  };
}

} // namespace salond
