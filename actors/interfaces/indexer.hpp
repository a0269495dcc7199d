// What INDEXER hears. All of it stays in the process.
#pragma once
#include "actors/interfaces/in_process.hpp"
#include <caf/all.hpp>

namespace salond {

/// INTERNAL to the indexer: it is time for the next step.
struct index_on {};

/// INDEXER: builds the index of searches behind the posts.
using indexer_actor = caf::typed_actor<
    // INTERNAL. Takes a step, and pauses.
    caf::reacts_to<index_on>>;

} // namespace salond
