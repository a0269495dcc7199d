// What a client asked for and others must hear of. The relay has it done, not the connection: a connection may break
// between the commit and the store's answer, and what it was to do then would not be done by anybody.
#pragma once
#include "actors/audience.hpp"
#include <caf/io/all.hpp>

namespace salond {

/// Stores a private message, tells whom it is for, and answers the connection if it is still there.
void store_private(relay_actor::broker_pointer self, const std::shared_ptr<audience>& house, private_text&& what);

/// Has the store mark what was written to its target; until it takes that.
void mark_delivered(relay_actor::broker_pointer self, const std::shared_ptr<audience>& house);

/// Reads what waits for these users, or for all who are online here where none is named, and tells it on each of their
/// connections that was not told yet. Tries again until the store answers.
void read_mail(relay_actor::broker_pointer self, const std::shared_ptr<audience>& house, std::vector<user_id> whose);

/// Has the other nodes do so, by news of the store; until that takes it.
void tell_nodes_of_mail(relay_actor::broker_pointer self, const std::shared_ptr<audience>& house, user_id whose);

/// Hashes the password, unless that is taken back before it was begun; makes the account, or a request for one, tells
/// the salons of their member, and answers the connection if it is still there.
void make_account(relay_actor::broker_pointer self, const std::shared_ptr<audience>& house, wished_account&& what);

} // namespace salond
