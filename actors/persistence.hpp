// PERSISTENCE: the only actor that reaches the database. Takes questions as jobs, has them run on threads of its own
// (one for writes, in groups; where the database allows, one for reads and one for long reads), and answers when they
// are durable.
#pragma once
#include "actors/interfaces/persistence.hpp"
#include "actors/store_worker.hpp"

namespace salond {

struct persistence_state {
  static inline const char* name = "persistence";
  std::unique_ptr<persistence::store> db, reading_db, long_reading_db;
  std::unique_ptr<store_worker> writer, reader, long_reader; ///< after the stores, so that they end before them
  std::vector<caf::typed_response_promise<drained>> draining;
  bool ticking = false;
  bool beginning = false; ///< a begin_writes is under way
};

/// Called when the database can no longer be trusted: the process must end.
using on_broken = std::function<void(const std::string& why)>;

store_actor::behavior_type persistence_of(store_actor::stateful_broker_pointer<persistence_state> self,
                                          std::shared_ptr<std::unique_ptr<persistence::store>> db, on_broken broken);

} // namespace salond
