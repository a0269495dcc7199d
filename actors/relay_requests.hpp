// What a client asked for and others must hear of. The relay has it done, not the connection: a connection may break
// between the commit and the store's answer, and what it was to do then would not be done by anybody.
#pragma once
#include "actors/audience.hpp"
#include <caf/io/all.hpp>

namespace salond {

/// Stores a private message, tells whom it is for, and answers the connection if it is still there.
void store_private(relay_actor::broker_pointer self, const std::shared_ptr<audience>& clients, private_text&& message);

/// Hashes the password, unless that is taken back before it was begun; makes the account, or a request for one, tells
/// the salons of their member, and answers the connection if it is still there.
void make_account(relay_actor::broker_pointer self, const std::shared_ptr<audience>& clients, wished_account&& wish);

} // namespace salond
