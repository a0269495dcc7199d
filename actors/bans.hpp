// BANS: the registry of who is out until when. The store decides and keeps; the registry remembers, and sees to it that
// whom it hits is gone everywhere.
#pragma once
#include "actors/interfaces/bans.hpp"
#include "actors/interfaces/directory.hpp"
#include "actors/interfaces/host.hpp"
#include "actors/interfaces/persistence.hpp"
#include "actors/rules/bans.hpp"

namespace salond {

struct bans_state {
  static inline const char* name = "bans";
  rules::bans rules;
  store_actor store;
  directory_actor directory;
  host_actor host;
};

/// `out`: what the store holds.
bans_actor::behavior_type bans(bans_actor::stateful_pointer<bans_state> self, std::vector<ban> out, store_actor store,
                               directory_actor directory, host_actor host);

} // namespace salond
