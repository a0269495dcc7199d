#include "actors/listener.hpp"
#include "actors/client_doorman.hpp"
#include "actors/connection.hpp"
#include "actors/network.hpp"
#include "config/log.hpp"

namespace salond {
namespace {

/// A connection counts for so many of a turn's accepts when its address has used up its allowance. So an address that
/// opens connections for nothing has few of them in a turn.
constexpr unsigned worth_in_debt = 8;

// How often a door looks whether descriptors are free again.
constexpr auto pause_for_descriptors = std::chrono::milliseconds{100};

unsigned let_in(caf::io::broker* self, net::default_multiplexer& loop, const std::shared_ptr<audience>& audience,
                const dialect& speaks, config::endpoint::kind kind, caf::intrusive_ptr<client_socket> socket) {
  if (audience->overrun())
    return 1; // closed without a word: there are too many to talk to
  const auto now = self->clock().now();
  const auto kept_out = audience->keeps_out(socket->peer());
  const auto refusal = kept_out ? kept_out : audience->refuses(socket->peer());
  if (refusal)
    audience->tell_fact("refused a connection", to_string(*refusal), socket->peer(), now);
  if (kept_out && (kind == config::endpoint::kind::tls || audience->tells_many_why()))
    return 1; // closed without a word: it could be told only behind a handshake, which costs
  if (kind == config::endpoint::kind::tls)
    socket->speak_tls(audience->certificate);
  const auto worth = audience->allowed.in_debt(network_of(socket->peer()), now) ? worth_in_debt : 1;
  caf::actor_config cfg{&loop};
  self->system().spawn_class<connection, caf::no_spawn_options>(cfg, audience, std::move(socket), speaks, refusal);
  return worth;
}

void look_for_descriptors_later(caf::io::broker* self) {
  caf::delayed_anon_send(caf::actor_cast<caf::actor>(self), pause_for_descriptors, wake{});
}

} // namespace

caf::behavior listener(caf::io::broker* self, std::shared_ptr<audience> audience, bound_endpoint door) {
  auto& loop = dynamic_cast<net::default_multiplexer&>(self->system().middleman().backend());
  const auto local = door.where.type == config::endpoint::kind::unix_socket;
  self->set_error_handler([](caf::error& why) {
    log::warning("a listener was told an error", {{"why", to_string(why)}});
  });
  const auto accepted = [self, &loop, audience, speaks = door.speaks,
                         kind = door.where.type](caf::intrusive_ptr<client_socket> socket) {
    return let_in(self, loop, audience, *speaks, kind, std::move(socket));
  };
  const auto paused = [self, audience] {
    audience->tell_fact("accepting pauses: descriptors run short", "limit of open files", "", self->clock().now());
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
