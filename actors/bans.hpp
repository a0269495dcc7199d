// BANS: the registry of kicks and bans. The store decides them and keeps them. The registry remembers those of names,
// and has the connections of their users closed everywhere. It tells the relay those of addresses, and does not
// remember them.
#pragma once
#include "actors/certificate_service.hpp"
#include "actors/interfaces/bans.hpp"
#include "actors/interfaces/certificates.hpp"
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
  certificate_service certificates;
  certificates_actor shared_certificates; ///< of a node
};

/// What the relay is told of one banned address, and of all of them.
address_out told_of(const address_ban& banned);
addresses_out told_of(const std::vector<address_ban>& all);

/// `out`: the kicks and bans that the store holds. The relay's audience has the only list of addresses, and is told of
/// each change.
bans_actor::behavior_type bans(bans_actor::stateful_pointer<bans_state> self, std::vector<ban> out, store_actor store,
                               directory_actor directory, host_actor host, relay_actor relay,
                               certificate_service certificates, certificates_actor shared_certificates);

} // namespace salond
