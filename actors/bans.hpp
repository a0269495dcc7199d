// BANS: the registry of who is out until when. The store decides and keeps; the registry remembers, and sees to it that
// whom it hits is gone everywhere. From where nobody is let in it sees to likewise, and remembers nothing of it.
#pragma once
#include "actors/certificate_office.hpp"
#include "actors/interfaces/bans.hpp"
#include "actors/interfaces/directory.hpp"
#include "actors/interfaces/host.hpp"
#include "actors/interfaces/persistence.hpp"
#include "actors/interfaces/relay.hpp"
#include "actors/rules/bans.hpp"
#include "protocol/words/address_range.hpp"

namespace salond {

struct bans_state {
  static inline const char* name = "bans";
  rules::bans rules;
  store_actor store;
  directory_actor directory;
  host_actor host;
  relay_actor relay;
  certificate_office certificates;
};

/// As the relay is told of it, and of all of them.
address_out told_of(const address_ban& one);
addresses_out told_of(const std::vector<address_ban>& all);

/// `out`: what the store holds. Of addresses the relay's audience has the only list, and is told of each change.
bans_actor::behavior_type bans(bans_actor::stateful_pointer<bans_state> self, std::vector<ban> out, store_actor store,
                               directory_actor directory, host_actor host, relay_actor relay,
                               certificate_office certificates);

} // namespace salond
