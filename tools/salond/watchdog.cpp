#include "tools/salond/watchdog.hpp"
#include "tools/salond/service_manager.hpp"
#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace salond {
namespace {

std::optional<int64_t> number_in(const char* variable) {
  const auto* text = std::getenv(variable);
  if (!text)
    return std::nullopt;
  int64_t result = 0;
  const auto* end = text + std::strlen(text);
  const auto read = std::from_chars(text, end, result);
  return read.ec == std::errc{} && read.ptr == end ? std::optional{result} : std::nullopt;
}

/// A broker without sockets: CAF runs its messages on the I/O thread.
caf::behavior beat(caf::io::broker* self, std::chrono::microseconds pause) {
  self->send(self, caf::tick_atom_v);
  return {[self, pause](caf::tick_atom) {
    notify_service_manager("WATCHDOG=1", patience::none); // on the thread that serves everybody
    self->delayed_send(self, pause, caf::tick_atom_v);
  }};
}

} // namespace

std::optional<std::chrono::microseconds> watchdog_pause() {
  const auto whole = number_in("WATCHDOG_USEC");
  const auto whose = number_in("WATCHDOG_PID");
  if (!whole || *whole <= 0 || (whose && *whose != ::getpid()))
    return std::nullopt;
  return std::chrono::microseconds{std::max<int64_t>(*whole / 2, 1000)};
}

void start_watchdog(caf::actor_system& system, std::chrono::microseconds pause) {
  system.middleman().spawn_broker(beat, pause);
}

} // namespace salond
