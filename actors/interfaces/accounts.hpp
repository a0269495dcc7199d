// Facts about accounts that the directory hears and hands on to the relay; and the names of users.
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
/// Another node changed an account, or deleted it: the actor is to read the store.
struct reread_account {
  user_id who;
};
/// The names of those users who are connected, of all that were asked for; the directory knows them.
struct users_named {
  rules::presence::named found;
};

SALOND_VALUES(users_named, x.found.usernames, x.found.last_key)
SALOND_VALUES(close_user, x.who, x.last, x.only)
SALOND_VALUES(account_changed, x.who, x.username, x.role)
SALOND_VALUES(reread_account, x.who)

} // namespace salond
