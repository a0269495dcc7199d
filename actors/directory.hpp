// DIRECTORY: who is online, with which connections. The store's rows follow it. It puts a user's arrivals and
// departures in one order, so that no row stays `connected`.
#pragma once
#include "actors/interfaces/directory.hpp"
#include "actors/interfaces/persistence.hpp"
#include "actors/interfaces/relay.hpp"
#include "actors/rules/presence.hpp"
#include <unordered_set>

namespace salond {

struct directory_state {
  static inline const char* name = "directory";
  rules::presence presence;
  store_actor store;
  relay_actor relay;
  std::unordered_set<user_id> departed;                                        ///< the store does not know it yet
  persistence::offline_requests requests = persistence::offline_requests::end; ///< of the users who depart
  size_t telling = 0; ///< batches of departures on their way to the store
  std::vector<caf::typed_response_promise<departures_settled>> settling;
};

directory_actor::behavior_type directory(directory_actor::stateful_pointer<directory_state> self, store_actor store,
                                         relay_actor relay);

} // namespace salond
