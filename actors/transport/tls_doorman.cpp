#include "actors/transport/tls_doorman.hpp"
#include "actors/transport/tls_scribe.hpp"
#include "actors/transport/transport_context.hpp"
#include <caf/all.hpp>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace salond {
namespace {

constexpr int max_accepts_a_turn = 64; // then the other sockets have their turn

/// Whether this descriptor is one of the last, so that the next connection could not be accepted. A door that cannot
/// accept is called again and again for a connection that waits.
bool is_among_the_last(int descriptor) {
  constexpr rlim_t last = 4;
  rlimit have{};
  return ::getrlimit(RLIMIT_NOFILE, &have) == 0 && static_cast<rlim_t>(descriptor) + last >= have.rlim_cur;
}

} // namespace

tls_doorman::tls_doorman(caf::io::network::default_multiplexer& loop, int descriptor,
                         std::shared_ptr<transport_context> shared, std::shared_ptr<const port_rules> rules,
                         caf::node_id us)
    : caf::io::network::doorman_impl(loop, descriptor), context_(std::move(shared)), rules_(std::move(rules)),
      us_(std::move(us)) {}

bool tls_doorman::new_connection() {
  int descriptor = acceptor_.accepted_socket();
  for (int taken = 0; descriptor >= 0; ++taken) {
    if (detached()) {
      ::close(descriptor);
      return false;
    }
    take_in(descriptor);
    if (taken + 1 == max_accepts_a_turn || detached())
      break;
    descriptor = ::accept4(acceptor_.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  }
  return true;
}

void tls_doorman::graceful_shutdown() {
  const caf::intrusive_ptr<tls_doorman> until_done{this};
  doorman_impl::graceful_shutdown();
  if (acceptor_.eventbf() == 0)
    acceptor_.removed_from_loop(caf::io::network::operation::read);
}

void tls_doorman::take_in(int descriptor) {
  const auto address = address_of_accepted(descriptor, *context_);
  if (!address)
    return;
  auto& loop = acceptor_.backend();
  const auto scribe = caf::make_counted<tls_scribe>(
      loop, descriptor, tls_scribe::origin{{context_, rules_, gate::side::accepted, *address}, us_, nullptr});
  parent()->add_scribe(scribe);
  caf::io::doorman::new_connection(&loop, scribe->hdl());
  context_->connections.add_accepted(*scribe);
}

std::optional<std::string> address_of_accepted(int descriptor, transport_context& shared) {
  const auto refuse = [&](const char* why) {
    ::close(descriptor);
    ++shared.counters.accepted;
    shared.connections.refused(why);
    return std::nullopt;
  };
  if (is_among_the_last(descriptor))
    return refuse("descriptors run short");
  const auto address = caf::io::network::remote_addr_of_fd(descriptor);
  if (!address) { // gone already
    ::close(descriptor);
    return std::nullopt;
  }
  if (shared.connections.shuts_out(*address))
    return refuse("too many failures of that address");
  return *address;
}

} // namespace salond
