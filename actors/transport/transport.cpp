#include "actors/transport/transport.hpp"
#include "actors/transport/gateway.hpp"
#include "actors/transport/node_ids.hpp"
#include "actors/transport/tls_doorman.hpp"
#include "actors/transport/transport_context.hpp"
#include <caf/io/network/default_multiplexer.hpp>
#include <future>

namespace salond {
namespace {

namespace net = caf::io::network;
constexpr std::chrono::seconds unpublish_patience{5};

std::optional<peer> peer_of(const transport_context& shared, const caf::strong_actor_ptr& sender) {
  return sender ? shared.peers.who(sender->node()) : std::nullopt;
}

net::default_multiplexer& loop_of(caf::actor_system& system) {
  return dynamic_cast<net::default_multiplexer&>(system.middleman().backend());
}

} // namespace

transport::transport(caf::actor_system& system, transport_limits limits, transport_log_writer log)
    : system_(system), former_node_(system.node()),
      context_(std::make_shared<transport_context>(limits, std::move(log))) {
  const_cast<caf::node_id&>(system.node()) = random_node_id(); // CAF 0.17.6 lets nobody choose it
  gateway_ = system.middleman().named_broker<gateway>(caf::atom("SALOND"));
  caf::anon_send(gateway_, context_);
}

transport::~transport() {
  context_->log.silence();
  std::promise<void> ended;
  loop_of(system_).post([this, &ended] {
    static_cast<gateway*>(caf::actor_cast<caf::abstract_actor*>(gateway_))->end();
    ended.set_value();
  });
  ended.get_future().wait();
}

void transport::use(const bundle& own, std::set<std::string> revoked) {
  context_->tls.replace(make_tls_settings(own, std::move(revoked)));
  sweep_soon();
}

void transport::revoke(const std::set<std::string>& serials) {
  context_->tls.revoke(serials);
  sweep_soon();
}

void transport::sweep_soon() {
  loop_of(system_).post([shared = context_] { shared->connections.sweep(shared->tls.get().get()); });
}

uint16_t transport::publish_any(const caf::strong_actor_ptr& actor, const std::set<std::string>& interface,
                                const std::vector<socket_address>& addresses, port_rules rules) {
  rules.published = actor->id();
  const auto shared = std::make_shared<const port_rules>(std::move(rules));
  const auto opened = listen_at_all(addresses);
  for (const auto& each : opened) {
    caf::io::doorman_ptr door =
        caf::make_counted<tls_doorman>(loop_of(system_), each.descriptor, context_, shared, system_.node());
    caf::anon_send(gateway_, caf::publish_atom_v, std::move(door), each.address.port(), actor, interface);
  }
  return opened.at(0).address.port();
}

/// A port has a door at each of its addresses, and CAF closes them one at a time.
bool transport::unpublish(uint16_t port) {
  bool closed = false;
  for (bool more = true; more; closed = closed || more) {
    more = false;
    caf::scoped_actor self{system_, true};
    self->request(gateway_, unpublish_patience, caf::close_atom_v, port)
        .receive([&] { more = true; }, [](const caf::error&) {});
  }
  return closed;
}

std::optional<peer> transport::who(const caf::node_id& node) const {
  return context_->peers.who(node);
}

identify transport::identifier() const {
  return [shared = std::shared_ptr<const transport_context>(context_)](const caf::strong_actor_ptr& sender) {
    return peer_of(*shared, sender);
  };
}

std::string transport::last_failure() const {
  const std::lock_guard lock{guard_};
  return last_failure_;
}

transport_counts transport::counters() const {
  const auto& now = context_->counters;
  return {now.accepted, now.refused, now.opened, now.cut, now.half_open, now.open};
}

} // namespace salond
