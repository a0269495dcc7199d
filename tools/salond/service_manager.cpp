#include "tools/salond/service_manager.hpp"
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace salond {

void notify_service_manager(const std::string& state, patience wait) {
  const auto* where = std::getenv("NOTIFY_SOCKET");
  sockaddr_un address{};
  if (!where || (*where != '/' && *where != '@') || std::strlen(where) >= sizeof address.sun_path)
    return;
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, where);
  if (*where == '@')
    address.sun_path[0] = '\0'; // Linux's abstract names
  const auto socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0)
    return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(where));
  const timeval half_a_second{0, 500000}; // a manager that reads nothing holds up nobody
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &half_a_second, sizeof half_a_second);
  (void)::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL | (wait == patience::none ? MSG_DONTWAIT : 0),
                 reinterpret_cast<sockaddr*>(&address), size);
  ::close(socket);
}

} // namespace salond
