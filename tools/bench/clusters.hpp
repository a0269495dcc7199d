// What several nodes cost, and what their clients wait for when one of them goes.
#pragma once
#include "tools/bench/scenarios.hpp"

namespace salond::bench {

/// One salon, all of whose members are spread over the nodes.
void cluster_salon(subject& tested, const run_options& options, journal& out);
/// Many salons of ten, whose members are spread over the nodes.
void cluster_salons(subject& tested, const run_options& options, journal& out);
/// All come back at once, by tokens.
void cluster_logins(subject& tested, const run_options& options, journal& out);
/// What nodes cost with which nobody speaks.
void cluster_idle(subject& tested, const run_options& options, journal& out);
/// A node is drained, comes back, is stopped: how long posts wait in the salons that move.
void cluster_hand_over(subject& tested, const run_options& options, journal& out);
/// The node that has most salons is killed: when all of them take posts again, and when all its clients are in again.
void cluster_take_over(subject& tested, const run_options& options, journal& out);

} // namespace salond::bench
