// How an actor is asked whether what it was told holds (docs/decisions/0020-answered-when-it-holds.md).
#pragma once
#include "actors/interfaces/inspect.hpp"

namespace salond {

/// Does all that the actor was told before this hold, with the actor itself and with all whom it tells in turn?
struct settle {};
/// What the actor was told holds: it works by it, and whom it tells were told.
struct settled {};

SALOND_NO_VALUES(settle)
SALOND_NO_VALUES(settled)

} // namespace salond
