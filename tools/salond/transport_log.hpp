// What happens at the ports for operators and for other nodes, as lines of the log.
#pragma once
#include "actors/transport/transport_context.hpp"
#include "config/log.hpp"

namespace salond {

/// Writes facts to the log. `place`: what a line calls the peer's address; `refusal`: how much a fact with a reason
/// matters.
transport_log_writer writer_of_facts(const char* place, log::level refusal);

} // namespace salond
