// Facts about accounts that the directory hears and hands on to the relay.
#pragma once
#include "actors/interfaces/words.hpp"

namespace salond {

/// Every connection of a user is to close with these last words.
struct close_user {
  user_id who;
  event::any last;
};
/// An operator gave an account another name or another role. It is in the store already.
struct account_changed {
  user_id who;
  std::string username;
  salond::role role = salond::role::user;
};

SALOND_VALUES(close_user, x.who, x.last)
SALOND_VALUES(account_changed, x.who, x.username, x.role)

} // namespace salond
