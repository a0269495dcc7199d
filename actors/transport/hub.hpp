// What all connections of operators share, or all of nodes: limits, log, certificates, and where each stands. Each part
// says which thread.
#pragma once
#include "actors/transport/bindings.hpp"
#include "actors/transport/lobby.hpp"
#include "actors/transport/tls_settings.hpp"
#include "actors/transport/transport_limits.hpp"
#include <memory>
#include <utility>

namespace salond {

struct hub {
  hub(transport_limits most, transport_log_writer write, const char* refusals = "admin connections refused")
      : limits(most), log(std::move(write)), waiting(limits, log, counters, refusals) {}
  hub(const hub&) = delete;
  hub& operator=(const hub&) = delete;

  // Any thread.
  const transport_limits limits;
  transport_log log;
  transport_counters counters;
  current_tls_settings tls;
  bindings peers;
  // I/O thread only.
  lobby waiting;
};

} // namespace salond
