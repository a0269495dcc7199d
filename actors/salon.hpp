// SALON: asks its rules who may do what, its store to keep it, and tells what is stored: first the hearers, then the
// asker.
#pragma once
#include "actors/append_job.hpp"
#include "actors/interfaces/persistence.hpp"
#include "actors/interfaces/relay.hpp"
#include "actors/interfaces/salon.hpp"
#include "actors/rules/salon.hpp"

namespace salond {

struct salon_state {
  static inline const char* name = "salon";
  rules::salon rules;
  store_actor store;
  relay_actor relay;
  std::shared_ptr<append_job> open;       ///< takes in what is posted, until the store's thread has taken it
  std::vector<append_job::entry> waiting; ///< for the next append, when that is full or taken
  size_t appending = 0; ///< appends that are under way: two at most, so that one is made up while the other commits
  bool archived = false;
  std::vector<caf::typed_response_promise<settled>> ending; ///< who waits until what is being stored was told
};

salon_actor::behavior_type salon(salon_actor::stateful_broker_pointer<salon_state> self, rules::salon opened,
                                 store_actor store, relay_actor relay);

} // namespace salond
