// What each actor hears, one line a message. Connections and listeners hear their sockets; see there.
#pragma once
#include "actors/messages.hpp"

namespace salond {

/// PERSISTENCE: the only one that reaches the database.
using store_actor = caf::typed_actor<
    // Runs the job and answers once it is durable; storage or busy when it certainly never will be.
    caf::replies_to<store_work>::with<store_done>, caf::replies_to<count_work>::with<counted_work>,
    // Answers when all that came before is done.
    caf::replies_to<drain>::with<store_done>, caf::reacts_to<collect>, caf::reacts_to<begin_writes>,
    caf::reacts_to<tick>>;

/// SALON: its members, and the one order of their messages: the order of commits.
using salon_actor = caf::typed_actor<
    caf::reacts_to<post>, caf::reacts_to<join>, caf::reacts_to<leave>, caf::replies_to<read_history>::with<store_done>,
    // Answered by the directory, behind what the relay was told before.
    caf::replies_to<list_members>::with<users_named>,
    // Facts, answered when the salon works by them and the relay was told.
    caf::replies_to<member_added>::with<settled>, caf::replies_to<members_added>::with<settled>,
    caf::replies_to<member_gone>::with<settled>, caf::replies_to<salon_changed>::with<settled>,
    caf::reacts_to<append_next>, caf::replies_to<admit>::with<store_done>, caf::replies_to<dismiss>::with<store_done>>;

/// A salon that is open: what it is called and who serves it.
struct salon_opened {
  salon_record record;
  salon_actor salon;
};

/// BANS: who is out until when.
using bans_actor =
    caf::typed_actor<caf::replies_to<check_name>::with<name_allowed>, caf::replies_to<kick_user>::with<removed>,
                     caf::replies_to<ban_user>::with<removed>, caf::replies_to<unban_user>::with<removed>,
                     caf::replies_to<erase_user>::with<erased>>;

/// PASSWORDS: hashing, on threads of its own.
using passwords_actor =
    caf::typed_actor<caf::replies_to<hash_password>::with<hashed_password>,
                     caf::replies_to<verify_password>::with<verified_password>, caf::reacts_to<collect>>;

/// An actor that was started again.
struct serving {
  bans_actor bans;
  passwords_actor passwords;
};

/// RELAY: tells this node's connections, on the I/O thread.
using relay_actor =
    caf::typed_actor<caf::reacts_to<told>, caf::reacts_to<salon_opened>, caf::reacts_to<salon_lost>,
                     caf::reacts_to<close_user>, caf::reacts_to<announce>, caf::replies_to<close_all>::with<all_closed>,
                     caf::reacts_to<serving>, caf::reacts_to<flush_all>, caf::reacts_to<tick>,
                     caf::reacts_to<tell_user>, caf::reacts_to<decision_told>, caf::reacts_to<account_changed>,
                     caf::reacts_to<salon_archived>, caf::replies_to<survey>::with<surveyed>,
                     caf::replies_to<list_hearers>::with<users_named>, caf::reacts_to<new_settings>,
                     caf::reacts_to<operator_names>, caf::replies_to<settle>::with<settled>>;

/// DIRECTORY: who is online, with which connections.
using directory_actor = caf::typed_actor<
    // Answers what the store says to the arrival.
    caf::replies_to<arrive>::with<store_done>, caf::reacts_to<depart>, caf::reacts_to<departures_stored>,
    caf::replies_to<settle_departures>::with<departures_settled>, caf::reacts_to<close_user>,
    caf::reacts_to<account_changed>, caf::replies_to<list_sessions>::with<sessions_listed>,
    caf::replies_to<name_users>::with<users_named>, caf::replies_to<settle>::with<settled>>;

/// HOST: opens the salons of this node and opens them again.
using host_actor =
    caf::typed_actor<caf::reacts_to<forget_user>, caf::reacts_to<salon_lost>, caf::reacts_to<salon_behind>,
                     // The salon answers; fault::salon_closed when it is not open.
                     caf::replies_to<admit>::with<store_done>, caf::replies_to<dismiss>::with<store_done>,
                     caf::reacts_to<salon_made>, caf::reacts_to<salon_changed>, caf::reacts_to<salon_archived>,
                     caf::reacts_to<membership_made>, caf::reacts_to<memberships_made>,
                     caf::replies_to<settle>::with<settled>>;

/// SERVER: the root; starts, watches and stops all the others.
using server_actor = caf::typed_actor<caf::reacts_to<stop>, caf::reacts_to<stop_now>, caf::reacts_to<salons_open>,
                                      caf::reacts_to<reopen>, caf::reacts_to<reread_bans>,
                                      // Takes them up, and hands them on to all that work by them.
                                      caf::reacts_to<new_settings>, caf::replies_to<settle>::with<settled>>;

} // namespace salond

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(salond::salon_opened)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(salond::serving)
