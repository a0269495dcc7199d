// Private messages beside the connection that says them: what is told late or on other nodes, and what is marked as
// delivered. Of the relay.
#pragma once
#include "actors/audience.hpp"
#include <caf/io/all.hpp>

namespace salond {

/// Has the store mark what has come to its target; until it takes that, or has something against it.
void mark_delivered(relay_actor::broker_pointer self, const std::shared_ptr<audience>& clients);

/// Reads what waits for these users, or for all who are online here where none is named, and what was told them
/// elsewhere in the last minute; tells it on each of their connections that was not told yet. Tries again until the
/// store answers.
void read_mail(relay_actor::broker_pointer self, const std::shared_ptr<audience>& clients, std::vector<user_id> whose);

/// Has the other nodes do so, by news of the store; until that takes it.
void tell_nodes_of_mail(relay_actor::broker_pointer self, const std::shared_ptr<audience>& clients, user_id whose);

} // namespace salond
