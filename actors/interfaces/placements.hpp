// The messages of PLACEMENTS, from its own node. Salons and peers speak to `cluster::salons` directly.
#pragma once
#include "actors/interfaces/in_process.hpp"
#include <caf/all.hpp>

namespace salond {

/// The node stops, and has answered all posts of its own clients: others are to go on with its salons.
struct hand_over_all {};
/// INTERNAL to placements: a quarter of a second has passed.
struct tick_placements {};

/// PLACEMENTS: the salons of which this node is the home, and what its clients hear of the others.
using placements_actor = caf::typed_actor<
    // Takes no more posts, and has the store name another node as home of each salon.
    caf::reacts_to<hand_over_all>,
    // INTERNAL. Attaches salons that are not attached, refuses posts that waited for too long.
    caf::reacts_to<tick_placements>>;

} // namespace salond
