// What systemd is told (sd_notify(3)'s protocol: a datagram to the socket named by NOTIFY_SOCKET).
#pragma once
#include <string>

namespace salond {

/// Sends `state` ("READY=1", "STOPPING=1") if a service manager listens; else nothing happens.
/// Where it takes nothing: waits for half a second, or not at all.
enum class patience { some, none };
void notify_service_manager(const std::string& state, patience wait = patience::some);

} // namespace salond
