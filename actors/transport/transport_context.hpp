// What all connections of operators share, or all of nodes: limits, log, certificates, and the state of each. Each part
// names its threads.
#pragma once
#include "actors/transport/bindings.hpp"
#include "actors/transport/peer_connections.hpp"
#include "actors/transport/tls_settings.hpp"
#include "actors/transport/transport_limits.hpp"
#include <memory>
#include <utility>

namespace salond {

struct transport_context {
  transport_context(transport_limits bounds, transport_log_writer write,
                    const char* refusals = "admin connections refused")
      : limits(bounds), log(std::move(write)), connections(limits, log, counters, refusals) {}
  transport_context(const transport_context&) = delete;
  transport_context& operator=(const transport_context&) = delete;

  // Any thread.
  const transport_limits limits;
  transport_log log;
  transport_counters counters;
  current_tls_settings tls;
  bindings peers;
  // I/O thread only.
  peer_connections connections;
};

} // namespace salond
