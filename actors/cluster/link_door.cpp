#include "actors/cluster/link_door.hpp"
#include "actors/transport/tls_doorman.hpp"
#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace salond::cluster {
namespace {

constexpr int max_accepts_a_turn = 64; // then the other sockets have their turn

} // namespace

link_door::link_door(caf::io::network::default_multiplexer& loop, int descriptor,
                     std::shared_ptr<transport_context> shared, on_accept accepted)
    : events_(loop, descriptor, *this), context_(std::move(shared)), accepted_(std::move(accepted)) {}

void link_door::open() {
  listening_.reset(this);
  events_.activate();
}

void link_door::close() {
  accepted_ = nullptr;
  ::shutdown(events_.fd(), SHUT_RDWR); // whoever waits to be accepted is told now, and not when we are destroyed
  events_.passivate();
  if ((events_.eventbf() & caf::io::network::input_mask) == 0)
    listening_.reset(); // opened and closed in one turn: the loop, which has forgotten both, says nothing
}

void link_door::accept_some() {
  const caf::intrusive_ptr<link_door> alive{this};
  for (int taken = 0; accepted_ && taken < max_accepts_a_turn; ++taken) {
    const auto descriptor = ::accept4(events_.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor < 0)
      return errno == EMFILE || errno == ENFILE ? pause() : void();
    if (const auto address = address_of_accepted(descriptor, *context_))
      accepted_(descriptor, *address);
  }
}

void link_door::pause() {
  paused_ = true;
  context_->connections.refused("descriptors run short");
  events_.passivate();
}

void link_door::go_on_if_possible() {
  if (!paused_ || !accepted_ || listening_) // the loop forgets it at the end of a turn
    return;
  const auto next = ::fcntl(events_.fd(), F_DUPFD_CLOEXEC, 0);
  if (next < 0)
    return;
  ::close(next);
  paused_ = false;
  open();
}

} // namespace salond::cluster
