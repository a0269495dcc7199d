#include "actors/transport/gateway.hpp"
#include "actors/transport/tls_scribe.hpp"
#include "actors/transport/transport_context.hpp"
#include <utility>

namespace salond {

caf::behavior gateway::make_behavior() {
  auto stock = caf::io::basp_broker::make_behavior();
  return caf::message_handler{
      [this](const std::shared_ptr<transport_context>& shared) {
        context_ = shared;
        sweep();
      },
      [this](caf::tick_atom) { sweep(); },
      [this](caf::connect_atom, caf::io::scribe_ptr& scribe, uint16_t port) { connect(std::move(scribe), port); },
  }
      .or_else(caf::message_handler{stock.as_behavior_impl()});
}

/// Ends as CAF's middleman ends its brokers. The middleman would end us, too, but later; and it would wait without end
/// for a peer that does not close.
void gateway::end() {
  if (getf(is_terminated_flag))
    return;
  caf::io::broker::context(&caf::io::broker::backend());
  quit(caf::exit_reason::user_shutdown);
  finalize();
  if (const auto shared = std::move(context_))
    shared->connections.abort_leaving();
}

/// Sweeps later, since ending a connection calls us.
void gateway::sweep() {
  if (!context_)
    return;
  caf::io::broker::backend().post([shared = context_] { shared->connections.sweep(shared->tls.get().get()); });
  // Without a sender: CAF never closes a broker's mailbox, and a message from itself in it would keep it for ever.
  caf::delayed_anon_send(caf::actor_cast<caf::actor>(this), context_->limits.sweep, caf::tick_atom_v);
}

/// A peer that is not bound to anybody gets no proxy.
caf::strong_actor_ptr gateway::make_proxy(caf::node_id node, caf::actor_id id) {
  return context_ && context_->peers.who(node) ? caf::io::basp_broker::make_proxy(std::move(node), id) : nullptr;
}

/// As CAF's own, but the peer counts as heard of just now (its heartbeat would end a connection that it never saw),
/// and our handshake goes out at once: a round trip less.
void gateway::connect(caf::io::scribe_ptr scribe, uint16_t port) {
  const auto handle = scribe->hdl();
  context_->connections.add_dialled(static_cast<tls_scribe&>(*scribe));
  add_scribe(std::move(scribe));
  auto& context = ctx[handle];
  context.hdl = handle;
  context.remote_port = port;
  context.cstate = caf::io::basp::await_header;
  context.callback = make_response_promise();
  context.last_seen = clock().now();
  configure_read(handle, caf::io::receive_policy::exactly(caf::io::basp::header_size));
  instance.write_client_handshake(caf::io::broker::context(), get_buffer(handle));
  flush(handle);
}

} // namespace salond
