// The one configuration of CAF: modules, scheduler, I/O. Set in code; no file and no argument reaches it.
#pragma once
#include <caf/all.hpp>

namespace salond {

/// From now on the caller and the threads that it makes take no core away when they wake; of these threads only the
/// event loop's does (docs/decisions/0052-who-takes-a-core.md). Has no effect where the system forbids it.
void prefer_io_thread();

struct system_config : caf::actor_system_config {
  system_config();
};

} // namespace salond
