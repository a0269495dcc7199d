// A steady clock that counts while the machine sleeps: who was away that long may be taken for lost.
#pragma once
#include "protocol/words/time.hpp"
#include <ctime>

namespace salond {

inline instant boot_now() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return instant{std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec}};
}

} // namespace salond
