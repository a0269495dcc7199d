// Accepts connections into tls_scribes. I/O thread only.
#pragma once
#include "actors/transport/gate.hpp"
#include <caf/io/all.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/doorman_impl.hpp>
#include <memory>
#include <optional>
#include <string>

namespace salond {

struct transport_context;

/// The numeric address of the peer that was accepted as `descriptor`. Nothing: descriptors run short, the address fails
/// too often, or the peer is gone already; then the descriptor is closed.
std::optional<std::string> address_of_accepted(int descriptor, transport_context& shared);

class tls_doorman : public caf::io::network::doorman_impl {
public:
  /// Owns the descriptor, which is bound and listens.
  tls_doorman(caf::io::network::default_multiplexer& loop, int descriptor, std::shared_ptr<transport_context> shared,
              std::shared_ptr<const port_rules> rules, caf::node_id us);

  /// Accepts all connections that wait, so that each of a flood does not cost a turn of the loop.
  bool new_connection() override;

  /// Lets go of itself even if the loop has not yet heard of it. CAF 0.17.6 then drops the wish to enter and the wish
  /// to leave. Nobody tells the acceptor, so that it would keep its doorman and the descriptor for ever.
  void graceful_shutdown() override;

private:
  void take_in(int descriptor);

  std::shared_ptr<transport_context> context_;
  std::shared_ptr<const port_rules> rules_;
  caf::node_id us_;
};

} // namespace salond
