// The messages of a CONNECTION. Beside them it hears its socket, and the audience calls it.
#pragma once
#include "actors/interfaces/in_process.hpp"
#include <caf/all.hpp>

namespace salond {

/// INTERNAL to a connection: its codec has something to do now, or it is to go on in a turn of its own.
struct wake {};

} // namespace salond
