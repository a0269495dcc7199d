// HOST: opens the salons, watches them, and opens a failed one again. It reads that from the store behind all that the
// failed one had asked, so that nothing is numbered twice. The third failure in a minute closes the salon.
#pragma once
#include "actors/interfaces/host.hpp"
#include "actors/interfaces/persistence.hpp"
#include "actors/interfaces/relay.hpp"
#include "actors/interfaces/server.hpp"
#include "actors/rules/failures.hpp"
#include "actors/salon.hpp"
#include <unordered_map>
#include <unordered_set>

namespace salond {

struct host_state {
  static inline const char* name = "host";
  store_actor store;
  relay_actor relay;
  std::shared_ptr<cluster::salons> placed; ///< of a node of several
  std::unordered_map<salon_id, salon_actor> open;
  std::unordered_map<salon_id, rules::failures> failures;
  std::unordered_set<salon_id> archiving; ///< the relay has not been told of these yet
  size_t telling = 0;                     ///< facts that salons have not heard yet
  std::vector<caf::typed_response_promise<settled>> settling;
};

/// What the store holds of a salon.
struct stored_salon {
  salon_record record;
  std::vector<user_id> members;
};

/// Reads every salon with its members, in a job of the store.
std::vector<stored_salon> read_salons(const persistence::reading& db);

/// Opens the salons, and tells the server when all are open.
host_actor::behavior_type host(host_actor::stateful_pointer<host_state> self, std::vector<stored_salon> salons,
                               store_actor store, relay_actor relay, server_actor server,
                               std::shared_ptr<cluster::salons> placed = nullptr);

} // namespace salond
