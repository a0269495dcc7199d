// Asks an actor whether what it was told holds (docs/decisions/0020-answered-when-it-holds.md).
#pragma once
#include "actors/interfaces/inspect.hpp"

namespace salond {

/// Does all that the actor was told before this hold, for the actor itself and for all actors that it tells in turn?
struct settle {};
/// What the actor was told holds: it works by it, and has told all actors that it tells in turn.
struct settled {};

SALOND_NO_VALUES(settle)
SALOND_NO_VALUES(settled)

} // namespace salond
