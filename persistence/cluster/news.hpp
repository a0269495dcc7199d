// What all nodes must learn of one another's decisions: rows, written in the transaction that makes them.
#pragma once
#include "protocol/words/ids.hpp"
#include <cstdint>
#include <string>

namespace salond::persistence {

/// What was changed; who reads it looks in the store how it is now.
struct fact {
  enum class kind : uint8_t {
    out,         ///< a user was kicked or banned, or may come again
    account,     ///< one was deleted, renamed, disabled or enabled, or has another role or password
    salon,       ///< one was made, changed, archived or restored
    membership,  ///< one was made or ended
    rejection,   ///< one was ended, which the other members are not told
    import,      ///< accounts were made, with memberships of any salons
    address,     ///< an address or a network was banned, or may come again
    session,     ///< an operator ended a user's sessions, or the one that `name` is the number of
    request,     ///< a join request was refused
    mail,        ///< a private message was stored for a user, and a node that he is connected with could not be told
    certificate, ///< some were issued or revoked
    drain,       ///< a run is to end, its clients over some seconds: `name` is its number and theirs, "7 30"
    stop,        ///< an operator stops all nodes, after so many seconds as `name` says
  };
  kind type = kind::account;
  user_id who = {};      ///< 0: nobody, or an account that is known by its name alone
  salon_id salon = {};   ///< 0: none
  std::string name = {}; ///< a username, as far as it matters; or the address or network

  friend bool operator==(const fact& a, const fact& b) {
    return a.type == b.type && a.who == b.who && a.salon == b.salon && a.name == b.name;
  }
};

/// As it was stored.
struct stored_news {
  int64_t number = 0; ///< rises in the order of commits
  int64_t run = 0;    ///< that made it
  fact told;
};

const char* to_word(fact::kind kind);
/// The inverse; an unknown word, as of a newer version, is an account's.
fact::kind fact_kind_of(const std::string& word);

} // namespace salond::persistence
