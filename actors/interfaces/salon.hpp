// The messages of a SALON. It may live on another node than their sender, so they hold values only.
#pragma once
#include "actors/interfaces/accounts.hpp"
#include "actors/interfaces/errors.hpp"
#include "actors/interfaces/settle.hpp"
#include "actors/interfaces/words.hpp"
#include <string>
#include <vector>

namespace salond {

/// A text for the salon, from a member's connection.
struct post {
  connection_id from;
  user_id author;
  std::string username;
  std::string text;
  std::string salon_as_typed; ///< for a refusal
};
/// A user asks to belong to the salon.
struct join {
  connection_id from;
  user_id who;
  std::string username;
};
/// A member wants to belong no longer.
struct leave {
  connection_id from;
  user_id who;
  std::string username;
};
/// Does the user belong to the salon? The asker then reads its history; each node finds that in the database itself.
struct check_member {
  user_id who;
};
/// The user does.
struct member_confirmed {};
/// Which members are connected? Asked for `who`, who must be a member.
struct list_members {
  user_id who;
  std::string after_key; ///< those behind this key
};
/// A membership was made in the store, not by the salon (a registration).
struct member_added {
  user_id who;
};
/// Many at once (an import).
struct members_added {
  std::vector<user_id> who;
};
/// An account is gone, and its membership with it.
struct member_gone {
  user_id who;
};
/// The cause of an operator's decision about a membership.
enum class decided_by : uint8_t {
  request,  ///< the user asked for it
  operators ///< nobody asked
};
/// An operator makes a user a member.
struct admit {
  salon_id salon;
  user_id who;
  std::string username;
  decided_by by = decided_by::request;
  decision why;
  bool remembered = false; ///< until the user has been told, be that at the next login
};
/// An operator ends a join request, a membership, or both.
struct dismiss {
  salon_id salon;
  user_id who;
  std::string username;
  decided_by by = decided_by::request;
  decision why;
  bool remembered = false; ///< until the user has been told, be that at the next login
};
/// An operator changed a salon's name, topic or policy. It is in the store already.
struct salon_changed {
  salon_record now;
};
/// Another node made a membership, or ended it: the salon is to read the store.
struct reread_member {
  salon_id salon;
  std::string username;
  bool told = true; ///< where he is no member any more, to the others
};
/// The same of all members, since many may have come at once. Nobody is told of it.
struct reread_members {
  bool opened = false; ///< the salon was archived, maybe: all of them are to hear it, not only the new ones
};
/// Another node refused a user's request to join.
struct reread_request {
  salon_id salon;
  user_id who;
};
/// An operator closed a salon. It is so in the store already.
struct salon_archived {
  salon_record last;
};
/// INTERNAL to a salon: an append is over.
struct append_next {};
/// INTERNAL to a salon: of several nodes, what was posted on this one is answered.
struct posts_answered {};

/// SALON: its members, and the one order of their messages, which is the order of commits.
using salon_actor = caf::typed_actor<
    // Stores the text. Then the hearers are told, and behind that the author is answered through its relay.
    caf::reacts_to<post>,
    // Stores the membership or the request. Then the members are told, and the asker is answered through its relay.
    caf::reacts_to<join>,
    // Ends the membership in the store. Then the members are told, and the asker is answered through its relay.
    caf::reacts_to<leave>,
    // Answers at once, or not_a_member; a node of several first asks the store about somebody whom it does not know.
    caf::replies_to<check_member>::with<member_confirmed>,
    // not_a_member; else the directory answers, behind what the relay was told before. On a node of several the store
    // answers, who knows the other nodes' users.
    caf::replies_to<list_members>::with<users_named>,
    // Takes the user for a member from now on.
    caf::replies_to<member_added>::with<settled>,
    // Takes all of them for members from now on.
    caf::replies_to<members_added>::with<settled>,
    // Takes the user for no member any more, and tells the relay.
    caf::replies_to<member_gone>::with<settled>,
    // Stores the decision, and answers behind what the members are told.
    caf::replies_to<admit>::with<settled>,
    // Stores the decision, and answers behind what the members, or for a request the user, are told.
    caf::replies_to<dismiss>::with<settled>,
    // Works by it from now on, also if it was archived. Its numbering goes on.
    caf::replies_to<salon_changed>::with<settled>,
    // Asks the store, works by its answer, tells the members of a change, and answers.
    caf::replies_to<reread_member>::with<settled>,
    // Asks the store, works by its answer, tells the relay who hears the salon now, and answers.
    caf::replies_to<reread_members>::with<settled>,
    // Tells the user, unless the store has another request of his or a membership; and answers.
    caf::replies_to<reread_request>::with<settled>,
    // Refuses posts from now on, and answers once all that is being stored was told.
    caf::replies_to<salon_archived>::with<settled>,
    // INTERNAL. Begins the next append, if posts wait.
    caf::reacts_to<append_next>,
    // INTERNAL. Tells who waits for that.
    caf::reacts_to<posts_answered>>;

SALOND_VALUES(post, x.from, x.author, x.username, x.text, x.salon_as_typed)
SALOND_VALUES(join, x.from, x.who, x.username)
SALOND_VALUES(leave, x.from, x.who, x.username)
SALOND_VALUES(check_member, x.who)
SALOND_NO_VALUES(member_confirmed)
SALOND_VALUES(list_members, x.who, x.after_key)
SALOND_VALUES(member_added, x.who)
SALOND_VALUES(members_added, x.who)
SALOND_VALUES(member_gone, x.who)
SALOND_VALUES(admit, x.salon, x.who, x.username, x.by, x.why, x.remembered)
SALOND_VALUES(dismiss, x.salon, x.who, x.username, x.by, x.why, x.remembered)
SALOND_VALUES(salon_changed, x.now)
SALOND_VALUES(reread_member, x.salon, x.username, x.told)
SALOND_VALUES(reread_members, x.opened)
SALOND_VALUES(reread_request, x.salon, x.who)
SALOND_VALUES(salon_archived, x.last)
SALOND_NO_VALUES(append_next)
SALOND_NO_VALUES(posts_answered)

} // namespace salond
