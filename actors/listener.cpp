#include "actors/listener.hpp"
#include "actors/connection.hpp"
#include "config/log.hpp"

namespace salond {
namespace {

void let_in(caf::io::broker* self, net::default_multiplexer& loop, const std::shared_ptr<audience>& house,
            dialect speaks, config::endpoint::kind how, caf::intrusive_ptr<client_socket> socket) {
  if (house->overrun())
    return; // closed without a word: there are too many to talk to
  if (how == config::endpoint::kind::tls)
    socket->speak_tls(house->certificate);
  const auto refusal = house->refuses(socket->peer());
  if (refusal)
    log::info("refused a connection", {{"why", to_string(*refusal)}, {"from", socket->peer()}});
  caf::actor_config cfg{&loop};
  self->system().spawn_class<connection, caf::no_spawn_options>(cfg, house, std::move(socket), speaks, refusal);
}

} // namespace

caf::behavior listener(caf::io::broker* self, std::shared_ptr<audience> house, bound_endpoint door, dialect speaks) {
  auto& loop = dynamic_cast<net::default_multiplexer&>(self->system().middleman().backend());
  const auto local = door.where.how == config::endpoint::kind::unix_socket;
  self->set_error_handler([](caf::error& why) {
    log::warning("a listener was told an error", {{"why", to_string(why)}});
  });
  self->add_doorman(caf::make_counted<client_doorman>(
      loop, door.fd, local ? client_doorman::peers::local : client_doorman::peers::by_address,
      [self, &loop, house, speaks, how = door.where.how](caf::intrusive_ptr<client_socket> socket) {
        let_in(self, loop, house, speaks, how, std::move(socket));
      }));
  return {
      [self](const caf::io::acceptor_closed_msg&) { self->quit(caf::exit_reason::unhandled_exception); },
  };
}

} // namespace salond
