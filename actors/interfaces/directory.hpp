// The messages of the DIRECTORY. They hold values only: directories of other nodes will hear some of them.
#pragma once
#include "actors/interfaces/accounts.hpp"
#include "actors/interfaces/errors.hpp"
#include "actors/interfaces/settle.hpp"
#include "persistence/answers.hpp"

namespace salond {

/// A user is proven and comes online with this connection. The asker opens the session in the store.
struct arrive {
  user_id who;
  std::string username;
  connection_id with;
  std::string address;
};
/// Questions to the store from now on come behind all earlier departures of the user.
struct arrival_noted {};
/// A user's connection ended.
struct depart {
  user_id who;
  connection_id with;
  persistence::offline_requests requests = persistence::offline_requests::end; ///< of the user, should it be the last
};
/// INTERNAL to the directory: the store could not take the last departures a second ago.
struct retry_departures {};
/// Which connections are there? For operators.
struct list_sessions {};
/// One connection of somebody who is online.
struct session_listed {
  user_id user;
  connection_id with;
  std::string username, address;
  moment since;
};
/// All connections of all who are online.
struct sessions_listed {
  std::vector<session_listed> sessions;
};
/// What are the names of these users, in the order of their keys? The answer leaves out users who are not connected.
struct name_users {
  std::vector<user_id> users; ///< each may stand there more than once
  std::string after_key;      ///< those behind this key
};
/// An operator ended the user's sessions, or one of them, at this node or another: closes those that are here, and ends
/// the tokens that they got since.
struct end_sessions {
  user_id who;
  connection_id only; ///< nobody: all
};
/// The server stops: does the store know of every departure?
struct settle_departures {};
/// The store does.
struct departures_settled {};

/// DIRECTORY: the users who are online, with their connections.
using directory_actor = caf::typed_actor<
    // Notes the connection, and has the store told of the user's departures before it answers.
    caf::replies_to<arrive>::with<arrival_noted>,
    // Forgets the connection. With a user's last one the store is told that the user is gone, until it takes that.
    caf::reacts_to<depart>,
    // INTERNAL. Tells the store once more.
    caf::reacts_to<retry_departures>,
    // Answers when the store knows of every departure.
    caf::replies_to<settle_departures>::with<departures_settled>,
    // Tells the relay, which closes the user's connections.
    caf::reacts_to<close_user>,
    // Answers once they are closed, and their tokens ended.
    caf::replies_to<end_sessions>::with<settled>,
    // Knows the user by the new name, and tells the relay.
    caf::reacts_to<account_changed>,
    // Does one of the two, by what the store holds, if the user is connected; and answers.
    caf::replies_to<reread_account>::with<settled>,
    // Answers at once.
    caf::replies_to<list_sessions>::with<sessions_listed>,
    // Answers at once.
    caf::replies_to<name_users>::with<users_named>,
    // Answers when the relay has heard what it was told.
    caf::replies_to<settle>::with<settled>>;

SALOND_VALUES(arrive, x.who, x.username, x.with, x.address)
SALOND_NO_VALUES(arrival_noted)
SALOND_VALUES(depart, x.who, x.with, x.requests)
SALOND_VALUES(end_sessions, x.who, x.only)
SALOND_NO_VALUES(retry_departures)
SALOND_NO_VALUES(list_sessions)
SALOND_VALUES(session_listed, x.user, x.with, x.username, x.address, x.since)
SALOND_VALUES(sessions_listed, x.sessions)
SALOND_VALUES(name_users, x.users, x.after_key)
SALOND_NO_VALUES(settle_departures)
SALOND_NO_VALUES(departures_settled)

} // namespace salond
