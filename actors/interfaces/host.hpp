// The messages of the HOST. They hold values only: they come from the ban registry and from operators, which may be on
// another node.
#pragma once
#include "actors/interfaces/salon.hpp"

namespace salond {

/// An account is gone: these salons forget it.
struct forget_user {
  user_id who;
  std::vector<salon_id> salons;
};
/// An operator made a salon. It is in the store already.
struct salon_made {
  salon_record now;
};
/// An operator opened an archived salon again, with the members that it had. It is so in the store already.
struct salon_restored {
  salon_record now;
  std::vector<user_id> members;
};
/// An account was made, and is a member of this salon.
struct membership_made {
  salon_id salon;
  user_id who;
};
/// An import made accounts, and they are members of this salon.
struct memberships_made {
  persistence::new_members members;
};
/// Another node made a salon, changed it, archived it or restored it: the host is to read the store.
struct reread_salon {
  salon_id salon;
};
/// INTERNAL to the host: a salon that failed could not be read from the store a second ago.
struct retry_opening {
  salon_id salon;
};
/// INTERNAL to the host: a salon was opened again, and the events that it may have missed could not be read a second
/// ago.
struct retry_catching_up {
  salon_id salon;
};

/// HOST: opens the salons of this node, and opens them again when they fail.
using host_actor = caf::typed_actor<
    // Tells each of the salons.
    caf::reacts_to<forget_user>,
    // Hands it to the salon, which answers; salon_closed when it is not open.
    caf::replies_to<admit>::with<settled>,
    // The same.
    caf::replies_to<dismiss>::with<settled>,
    // Opens the salon, and tells the relay.
    caf::reacts_to<salon_made>,
    // Tells the salon and the relay.
    caf::reacts_to<salon_changed>,
    // Tells the salon, and then the relay. The salon's actor stays, in case it is restored.
    caf::reacts_to<salon_archived>,
    // Opens the salon, if it was closed before the server started, and tells the relay of it and of its members.
    caf::reacts_to<salon_restored>,
    // Tells the salon.
    caf::reacts_to<membership_made>,
    // Tells the salon.
    caf::reacts_to<memberships_made>,
    // Reads the store, opens the salon or tells it and the relay what the store holds, and answers.
    caf::replies_to<reread_salon>::with<settled>,
    // Hands it to the salon, which answers. If the salon is not open, the salon itself is read.
    caf::replies_to<reread_member>::with<settled>,
    // Hands it to the salon, which answers; settled when it is not open.
    caf::replies_to<reread_request>::with<settled>,
    // Hands it to each salon, and answers when all have answered.
    caf::replies_to<reread_members>::with<settled>,
    // Asks the store, has each salon forget an account that is gone, and answers.
    caf::replies_to<reread_account>::with<settled>,
    // INTERNAL. Tries once more to open the salon.
    caf::reacts_to<retry_opening>,
    // INTERNAL. Looks once more for the events that the salon missed.
    caf::reacts_to<retry_catching_up>,
    // Answers when the salons work by what they were told, and the relay has heard of it.
    caf::replies_to<settle>::with<settled>>;

SALOND_VALUES(forget_user, x.who, x.salons)
SALOND_VALUES(salon_made, x.now)
SALOND_VALUES(salon_restored, x.now, x.members)
SALOND_VALUES(membership_made, x.salon, x.who)
SALOND_VALUES(memberships_made, x.members)
SALOND_VALUES(reread_salon, x.salon)
SALOND_VALUES(retry_opening, x.salon)
SALOND_VALUES(retry_catching_up, x.salon)

} // namespace salond
