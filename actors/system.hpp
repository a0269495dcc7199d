// The one configuration of CAF: modules, scheduler, I/O. Set in code; no file and no argument reaches it.
#pragma once
#include <caf/all.hpp>

namespace salond {

struct system_config : caf::actor_system_config {
  system_config();
};

} // namespace salond
