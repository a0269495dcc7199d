// The messages of RETENTION. All of them stay in the process.
#pragma once
#include "actors/interfaces/in_process.hpp"
#include <caf/all.hpp>

namespace salond {

/// INTERNAL to retention: some seconds have passed.
struct look_for_old {};
/// INTERNAL to retention: the others had their turn.
struct remove_on {};

/// RETENTION: removes messages that are too old, a piece at a time.
using retention_actor = caf::typed_actor<
    // INTERNAL. Begins a run where one is due.
    caf::reacts_to<look_for_old>,
    // INTERNAL. Goes on with the run.
    caf::reacts_to<remove_on>>;

} // namespace salond
