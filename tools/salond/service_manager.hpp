// What systemd is told (sd_notify(3)'s protocol: a datagram to the socket named by NOTIFY_SOCKET).
#pragma once
#include <string>

namespace salond {

/// How long to wait for a manager that takes nothing: half a second, or not at all.
enum class patience { some, none };

/// Sends `state` ("READY=1", "STOPPING=1", "WATCHDOG=1") if a service manager listens; else nothing happens.
void notify_service_manager(const std::string& state, patience wait = patience::some);

} // namespace salond
