// PULSE: on the I/O thread, says that this turns, what the node has, and whether its writer waits for work. A node
// whose pulse stops does not beat, and is as good as dead. Each second it has the others told what of their limits was
// used up here, and each ten seconds it learns from the database where owners logged in at other nodes.
#pragma once
#include "actors/cluster/salons.hpp"

namespace salond {

/// INTERNAL to the pulse: a quarter of a second has passed.
struct beat_pulse {};

using pulse_actor = caf::typed_actor<
    // INTERNAL. Looks, and says so.
    caf::reacts_to<beat_pulse>>;

struct pulse_state {
  static inline const char* name = "pulse";
  size_t beats = 0;
};

pulse_actor::behavior_type pulse(pulse_actor::stateful_broker_pointer<pulse_state> self,
                                 std::shared_ptr<cluster_member> member, std::shared_ptr<audience> clients,
                                 std::shared_ptr<cluster::salons> placed, store_actor store);

} // namespace salond
