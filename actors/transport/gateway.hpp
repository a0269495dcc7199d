// The broker that speaks BASP over our own connections. CAF's own one stays unconnected beside it.
#pragma once
#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <caf/io/basp_broker.hpp>
#include <memory>

namespace salond {

struct transport_context;

/// BASP without its helpers (a spawn server and a configuration server for each node id it ever saw) and without routes
/// over third nodes. Its first message is the transport_context (a `std::shared_ptr<transport_context>`); then come
/// `publish_atom` and `connect_atom`. It overrides virtual functions of exactly CAF 0.17.6; the build checks that
/// version.
class gateway : public caf::io::basp_broker {
public:
  explicit gateway(caf::actor_config& config) : caf::io::basp_broker(config) {}

  const char* name() const override { return "gateway"; }
  caf::behavior make_behavior() override;
  void learned_new_node_directly(const caf::node_id&, bool) override {}
  void learned_new_node_indirectly(const caf::node_id&) override {}
  /// Closes all and ends, at once and not by a message: nothing of ours runs afterwards. REQUIRES: the I/O thread.
  void end();
  caf::strong_actor_ptr make_proxy(caf::node_id node, caf::actor_id id) override;

private:
  void connect(caf::io::scribe_ptr scribe, uint16_t port);
  void sweep();

  std::shared_ptr<transport_context> context_;
};

} // namespace salond

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::shared_ptr<salond::transport_context>)
