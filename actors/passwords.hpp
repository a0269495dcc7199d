// PASSWORDS: hashes and verifies on threads of its own, so that no login blocks the I/O thread or the store. The queue
// is bounded and has an order (rules/hash_queue.hpp). Work that does not fit is refused as busy.
#pragma once
#include "actors/interfaces/passwords.hpp"
#include "actors/work_threads.hpp"
#include "config/config.hpp"

namespace salond {

struct passwords_state {
  static inline const char* name = "passwords";
  std::unique_ptr<work_threads> threads;
};

passwords_actor::behavior_type passwords(passwords_actor::stateful_pointer<passwords_state> self,
                                         config::passwords settings);

} // namespace salond
