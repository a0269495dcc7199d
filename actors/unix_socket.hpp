// The file of a unix socket. It is made with the configured rights. It is removed only if it is certainly a socket, and
// nobody listens behind it (docs/decisions/0022-socket-files.md).
#pragma once
#include "actors/doors.hpp"

namespace salond {

/// Takes the place of a socket that a killed server left; refuses anything else that is there. Nobody can connect
/// before the file has its rights. Throws std::runtime_error with a sentence for people.
bound_endpoint bind_unix(const config::endpoint& where, const socket_access& access);

/// Removes the file at `path` if it is this socket.
void remove_socket(const std::string& path, const file_identity& identity);

} // namespace salond
