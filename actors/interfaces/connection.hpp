// What a CONNECTION hears, beside its socket and the audience, which calls it.
#pragma once
#include "actors/interfaces/in_process.hpp"
#include <caf/all.hpp>

namespace salond {

/// INTERNAL to a connection: its codec's time has come, or it is to go on in a turn of its own.
struct wake {};

} // namespace salond
