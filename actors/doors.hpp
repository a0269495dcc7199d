// The doors of a server: the sockets at which clients are let in, found from what is configured, opened, opened again,
// and closed.
#pragma once
#include "actors/dialects.hpp"
#include "actors/transport/listening.hpp"
#include "config/load.hpp"
#include <ctime>
#include <optional>
#include <sys/types.h>

namespace salond {

/// What tells one socket's file from another that came into its place.
struct file_identity {
  dev_t device = 0;
  ino_t number = 0;
  timespec made{};

  friend bool operator==(const file_identity& a, const file_identity& b) {
    return a.device == b.device && a.number == b.number && a.made.tv_sec == b.made.tv_sec
           && a.made.tv_nsec == b.made.tv_nsec;
  }
};

/// Who may connect to a unix socket.
struct socket_access {
  mode_t mode = 0666;
  std::optional<gid_t> group;
};

/// A configured endpoint and its addresses.
struct planned_endpoint {
  config::endpoint where;
  std::vector<socket_address> addresses; ///< none for a unix socket, and where other endpoints listen at all of them
  socket_access access;
  const dialect* speaks = &text_dialect; ///< as the endpoint says
};

/// A listening socket, bound before anything is promised to anybody.
struct bound_endpoint {
  config::endpoint where; ///< with the real port
  int fd = -1;
  socket_address at;    ///< of TCP: one of the addresses of `where`
  socket_access access; ///< of a unix socket
  file_identity file;   ///< of a unix socket: what was made
  const dialect* speaks = &text_dialect;
};

/// What is wrong with the doors of these settings together, as far as it can be said without asking a resolver: two
/// that cannot be listened at, an unknown dialect or group, a socket without a folder.
std::vector<config::complaint> faults_of_doors(const config::settings& values,
                                               const known_dialects& dialects = all_dialects());

/// Finds the addresses of all endpoints. Asks the resolver and the list of groups, which may take their time. An
/// address that two of them have in common is listened at once. Throws std::runtime_error with a sentence for people.
std::vector<planned_endpoint> plan_endpoints(const std::vector<config::endpoint>& all,
                                             const config::unix_socket& access = {},
                                             const known_dialects& dialects = all_dialects());

/// Binds and listens, at each address. Throws std::runtime_error with a sentence for people (port in use, no such
/// address, no right, a file in the way).
std::vector<bound_endpoint> bind_endpoint(const planned_endpoint& plan);
std::vector<bound_endpoint> bind_endpoint(const config::endpoint& where);

/// Opens a door again after its socket failed.
bound_endpoint bind_again(const bound_endpoint& door);

/// Removes the file of a unix socket, if it is still the one that was made. Nothing for any other door.
void remove_file_of(const bound_endpoint& door);

} // namespace salond
