// The messages of BANS. They hold values only: registries of other nodes will hear some of them.
#pragma once
#include "actors/interfaces/errors.hpp"
#include "actors/interfaces/settle.hpp"
#include "actors/interfaces/words.hpp"

namespace salond {

/// May the name log in, or be registered?
struct check_name {
  std::string key;
};
/// It may.
struct name_allowed {};
/// An operator puts a user out for a time.
struct kick_user {
  std::string target;
  int64_t seconds = 300;
  decision why;
};
/// An administrator puts a user out for good.
struct ban_user {
  std::string target;
  decision why;
};
/// An administrator keeps out for good a name that no account has.
struct ban_name {
  std::string name;
  decision why;
};
/// An administrator lets nobody in any more from an address or a network.
struct ban_address {
  std::string where;   ///< as address_range has it
  int64_t seconds = 0; ///< 0: for good
  decision why;
};
/// An operator ends a kick or a ban, or that of an address or a network.
struct unban_user {
  std::string target;
  bool name_alone = false; ///< even if it reads as an address
  decision why;
};
/// The operators' certificates that had the name of an account which is gone.
struct ended_certificates {
  uint64_t revoked = 0;
  std::string trouble; ///< why they are not revoked, or for this run alone; empty: they are
};
/// The decision holds everywhere. Answers the spelling of the name, the address or the network, and which of them was
/// let in.
struct removed {
  std::string username;
  ended_certificates certificates = {};
  std::string let_in = {}; ///< its kind, as the list of bans has it; empty: nothing was let in
};
/// An administrator deletes an account and all that is personal; the name is free.
struct erase_user {
  std::string target;
  decision why;
};
/// The account was deleted.
struct erased {
  persistence::erased_user user;
  ended_certificates certificates = {};
};

/// Another node put a user out, or ended that: the registry is to read what the store holds under the key.
struct reread_ban {
  std::string key;
  user_id who; ///< his connections are to close, if he is out; 0: nobody's
};
/// The same of addresses and networks, all of them.
struct reread_address_bans {};

/// BANS: the registry of the users who are out, and until when. The store decides what is refused.
using bans_actor = caf::typed_actor<
    // Answers at once; kicked, banned.
    caf::replies_to<check_name>::with<name_allowed>,
    // Stores it, has the user's connections closed, and answers when that holds.
    caf::replies_to<kick_user>::with<removed>,
    // The same, and the salons forget the account, which is deleted; operators' certificates of its name end.
    caf::replies_to<ban_user>::with<removed>,
    // Stores it, and answers when the name can neither log in nor be registered.
    caf::replies_to<ban_name>::with<removed>,
    // Stores it, has the connections from there closed, and answers when that holds.
    caf::replies_to<ban_address>::with<removed>,
    // Stores it, and answers when the name may log in again, or clients from there are let in.
    caf::replies_to<unban_user>::with<removed>,
    // As a ban, but nothing keeps the name.
    caf::replies_to<erase_user>::with<erased>,
    // Reads the store, has the user's connections closed if he is out, and answers.
    caf::replies_to<reread_ban>::with<settled>,
    // Reads the store, tells the relay, and answers.
    caf::replies_to<reread_address_bans>::with<settled>>;

SALOND_VALUES(check_name, x.key)
SALOND_NO_VALUES(name_allowed)
SALOND_VALUES(kick_user, x.target, x.seconds, x.why)
SALOND_VALUES(ban_user, x.target, x.why)
SALOND_VALUES(ban_name, x.name, x.why)
SALOND_VALUES(ban_address, x.where, x.seconds, x.why)
SALOND_VALUES(unban_user, x.target, x.name_alone, x.why)
SALOND_VALUES(ended_certificates, x.revoked, x.trouble)
SALOND_VALUES(removed, x.username, x.certificates, x.let_in)
SALOND_VALUES(erase_user, x.target, x.why)
SALOND_VALUES(erased, x.user, x.certificates)
SALOND_VALUES(reread_ban, x.key, x.who)
SALOND_NO_VALUES(reread_address_bans)

} // namespace salond
