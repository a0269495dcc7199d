// The messages of the RELAY. Those of salons, directory and operators may come from another node and hold values only.
// Messages with handles of this node's actors, and messages about this node's end, stay here (in_process.hpp).
#pragma once
#include "actors/interfaces/accounts.hpp"
#include "actors/interfaces/bans.hpp"
#include "actors/interfaces/host.hpp"
#include "actors/interfaces/in_process.hpp"
#include "actors/interfaces/passwords.hpp"
#include "actors/interfaces/salon.hpp"
#include "actors/interfaces/settings.hpp"

namespace salond {

// --- may cross nodes ---

/// An answer on its way to a connection, behind the events that the connection is to hear first.
struct reply {
  connection_id to;
  salon_answer answer;
};
/// The batch of a salon, committed together: the users who hear it from now on, the events, the users who hear it no
/// longer, and the answers for the connections that asked. In this order.
struct told {
  salon_id salon;
  std::vector<user_id> entered;
  std::vector<event::any> events;
  std::vector<user_id> gone;
  std::vector<reply> replies;
};
/// Something that one user is to be told.
struct tell_user {
  user_id who;
  event::any event;
};
/// A decision that is remembered was told before this to the user's connections.
struct decision_told {
  user_id who;
  decided_request decision;
};
/// The salon failed. It is opened again, or not.
struct salon_lost {
  salon_id salon;
};
/// Something that everybody is to be told.
struct announce {
  event::any event;
};
/// The names of operators with valid certificates: nobody registers a name that is one of these or looks like it.
struct operator_names {
  std::vector<std::string> names;
};
/// An address or a network from which nobody is let in any more: for good, or until a moment.
struct address_out {
  std::string where; ///< as address_range has it
  bool for_good = false;
  moment until;
};
/// All addresses and networks that are out, as the store has them now.
struct addresses_out {
  std::vector<address_out> all;
};
/// An address or a network from which clients are let in again.
struct address_let_in {
  std::string where; ///< as address_range has it
};
/// Who hears a salon now?
struct list_hearers {
  salon_id salon;
  std::string after_key; ///< those behind this key
};
/// What is the state of this node's connections?
struct survey {};
/// One salon, as this node's connections hear it.
struct surveyed_salon {
  salon_id salon;
  std::string name;
  size_t hearers = 0;
  uint64_t messages = 0; ///< told since the start
};
/// The state of this node's connections.
struct surveyed {
  size_t connections = 0, users = 0;
  uint64_t messages = 0, deliveries = 0; ///< told since the start; a delivery is a message to one hearer
  double messages_a_second = 0, deliveries_a_second = 0; ///< of the last ten seconds
  size_t posts_in_flight = 0, posts_parked = 0;
  size_t posts_refused = 0; ///< by the database, of late: rules::refused_posts
  std::vector<surveyed_salon> salons;
};

// --- stay in the process ---

/// A salon is open: its record and the actor that serves it.
struct salon_opened {
  salon_record record;
  salon_actor salon;
};
/// An actor was started again: the actors to ask from now on.
struct serving {
  bans_actor bans;
  passwords_actor passwords;
};
/// The server stops: no connection is let in any more, and each is to close with these last words.
struct close_all {
  event::any last;
};
/// One of several steps in which all connections are to close with these last words. Each step closes about as many.
struct close_some {
  event::any last;
  size_t steps = 1;
  size_t left = 1; ///< with this one
};
/// All connections are gone, and every post is answered.
struct all_closed {};
/// A client says something to one person. The relay has it stored and told, since the client's connection may break
/// before the store answers.
struct private_text {
  connection_id from;
  user_id author;
  std::string username; ///< the author's
  std::string target_key;
  std::string text;
  moment at;
};
/// A client wishes an account, or is to ask for one. It goes to the relay for the same reason.
struct wished_account {
  connection_id from;
  std::string peer;          ///< its address
  persistence::new_user who; ///< its password is not hashed yet
  std::string password;
  std::string invitation; ///< the hash of its code; empty: none
  /// The connection takes it back when it ends, and then gives the account back to the hour's allowances.
  std::shared_ptr<pending_hash> pending;
};
/// Private messages may be stored of which this node was not told: for these users, or for all who are online.
struct look_for_mail {
  std::vector<user_id> whose; ///< none: of all who are online here
};
/// INTERNAL to the relay: a private message is stored, and a node to which its target is connected could not be told.
struct tell_of_mail {
  user_id whose;
};
/// INTERNAL to the relay: this turn of the loop is over.
struct flush_all {};
/// INTERNAL to the relay: a quarter of a second has passed.
struct tick {};

/// RELAY: tells this node's connections, on the I/O thread.
using relay_actor = caf::typed_actor<
    // Tells the salon's hearers, and then gives the connections their answers.
    caf::reacts_to<told>,
    // Tells each connection of the user.
    caf::reacts_to<tell_user>,
    // Has the decision marked as told in the store, once a connection of the user was written it.
    caf::reacts_to<decision_told>,
    // Gives the sessions of the user their new name and role.
    caf::reacts_to<account_changed>,
    // Closes each connection of the user, or the one.
    caf::reacts_to<close_user>,
    // Tells every connection.
    caf::reacts_to<announce>,
    // Connections find the salon from now on, or find it under its new name.
    caf::reacts_to<salon_opened>,
    // Closes the connections that wait for an answer of the salon; nobody finds it until it is open again.
    caf::reacts_to<salon_lost>,
    // Nobody finds the salon, or hears it, any more.
    caf::reacts_to<salon_archived>,
    // Refuses to register these names, until it hears of others.
    caf::reacts_to<operator_names>,
    // Lets nobody in from there any more, and closes the connections from there.
    caf::reacts_to<address_out>,
    // The same of all of them, and of no others.
    caf::reacts_to<addresses_out>,
    // Lets clients in from there, unless a network that is out holds it.
    caf::reacts_to<address_let_in>,
    // Connections ask these actors from now on. Those that wait for the old ones are closed.
    caf::reacts_to<serving>,
    // Works by the settings from now on.
    caf::reacts_to<new_settings>,
    // Answers at once.
    caf::replies_to<survey>::with<surveyed>,
    // The directory answers it, since it knows their names.
    caf::replies_to<list_hearers>::with<users_named>,
    // Answers at once: all that came before is done.
    caf::replies_to<settle>::with<settled>,
    // Answers when all connections are gone and every post is answered.
    caf::replies_to<close_all>::with<all_closed>,
    // Closes the part of the connections that is this step's.
    caf::reacts_to<close_some>,
    // Has the text stored. Then its target and the author's other connections are told, and behind that the author is
    // answered, each if it is still there.
    caf::reacts_to<private_text>,
    // Has the password hashed, and the account, or the request for it, stored. Then the salons are told of their
    // member, and behind that the connection is answered if it is still there.
    caf::reacts_to<wished_account>,
    // Reads the messages that wait for them, and tells each connection that was not told. Tries until the store
    // answers.
    caf::reacts_to<look_for_mail>,
    // INTERNAL. Has the other nodes look, by the store. Tries until the store takes it.
    caf::reacts_to<tell_of_mail>,
    // INTERNAL. Has each connection write what it was told.
    caf::reacts_to<flush_all>,
    // INTERNAL. Wakes the connections whose time has come.
    caf::reacts_to<tick>>;

SALOND_VALUES(reply, x.to, x.answer)
SALOND_VALUES(told, x.salon, x.entered, x.events, x.gone, x.replies)
SALOND_VALUES(tell_user, x.who, x.event)
SALOND_VALUES(decision_told, x.who, x.decision)
SALOND_VALUES(salon_lost, x.salon)
SALOND_VALUES(announce, x.event)
SALOND_VALUES(operator_names, x.names)
SALOND_VALUES(address_out, x.where, x.for_good, x.until)
SALOND_VALUES(addresses_out, x.all)
SALOND_VALUES(address_let_in, x.where)
SALOND_VALUES(list_hearers, x.salon, x.after_key)
SALOND_NO_VALUES(survey)
SALOND_VALUES(surveyed_salon, x.salon, x.name, x.hearers, x.messages)
SALOND_VALUES(surveyed, x.connections, x.users, x.messages, x.deliveries, x.messages_a_second, x.deliveries_a_second,
              x.posts_in_flight, x.posts_parked, x.posts_refused, x.salons)

} // namespace salond
