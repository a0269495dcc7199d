// SALON: asks its rules who may do what, has the store keep it, and tells what is stored: first the subscribers, then
// the asker.
#pragma once
#include "actors/append_job.hpp"
#include "actors/interfaces/persistence.hpp"
#include "actors/interfaces/relay.hpp"
#include "actors/interfaces/salon.hpp"
#include "actors/rules/salon.hpp"
#include <unordered_map>

namespace salond {

namespace cluster {
class salons;
}

struct salon_state {
  static inline const char* name = "salon";
  rules::salon rules;
  store_actor store;
  relay_actor relay;
  /// On one of several nodes: takes the posts; null where the node is alone. Other nodes write to the store as well, so
  /// the salon looks there before it refuses a user whom it does not know.
  std::shared_ptr<cluster::salons> placed;
  append_queue appends;
  std::unordered_map<user_id, std::vector<post>> looked_for; ///< posts of users who are looked for, in order
  bool archived = false;
  bool in_flight = false; ///< of several nodes: it is archived, and posts from before may be under way
  std::vector<caf::typed_response_promise<settled>> ending; ///< answered once all that is being stored was told
};

salon_actor::behavior_type salon(salon_actor::stateful_broker_pointer<salon_state> self, rules::salon opened,
                                 store_actor store, relay_actor relay,
                                 std::shared_ptr<cluster::salons> placed = nullptr);

} // namespace salond
