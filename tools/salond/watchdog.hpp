// systemd's watchdog (sd_notify(3), WatchdogSec=): the server says again and again that its I/O thread turns. The beat
// runs on that thread, so that it stops when the thread does, whatever holds it up.
#pragma once
#include <caf/fwd.hpp>
#include <chrono>
#include <optional>

namespace salond {

/// How often to beat: half of what systemd waits for ($WATCHDOG_USEC), at least each millisecond; nothing where no
/// watchdog waits for this process ($WATCHDOG_PID is another's, or nothing is set).
std::optional<std::chrono::microseconds> watchdog_pause();

/// Begins to beat, until the process ends. REQUIRES: watchdog_pause() has a value.
void start_watchdog(caf::actor_system& system, std::chrono::microseconds pause);

} // namespace salond
