// Facts about accounts that the directory hears and hands on to the relay; and what users are called.
#pragma once
#include "actors/interfaces/words.hpp"
#include "actors/rules/presence.hpp"

namespace salond {

/// Every connection of a user, or one of them, is to close with these last words.
struct close_user {
  user_id who;
  event::any last;
  connection_id only{}; ///< 0: all of them
};
/// An operator gave an account another name or another role. It is in the store already.
struct account_changed {
  user_id who;
  std::string username;
  salond::role role = salond::role::user;
};
/// Another node changed an account, or deleted it: what the store holds is to be known.
struct reread_account {
  user_id who;
};
/// What those are called who are connected, of the users that were asked for; the directory knows.
struct users_named {
  rules::presence::named found;
};

SALOND_VALUES(users_named, x.found.usernames, x.found.last_key)
SALOND_VALUES(close_user, x.who, x.last, x.only)
SALOND_VALUES(account_changed, x.who, x.username, x.role)
SALOND_VALUES(reread_account, x.who)

} // namespace salond
