#include "actors/unix_socket.hpp"
#include "actors/transport/descriptor.hpp"
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace salond {
namespace {

using namespace std::chrono_literals;

[[noreturn]] void fail(const config::endpoint& where, const std::string& reason) {
  throw std::runtime_error("cannot listen on " + where.to_string() + ": " + reason);
}

/// The file at the path itself, not one behind a link. Nothing where there is none.
std::optional<struct stat> look_at(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0)
    return std::nullopt;
  return found;
}

file_identity identity_of(const struct stat& of) {
  return {of.st_dev, of.st_ino, of.st_mtim};
}

sockaddr_un address_of(const config::endpoint& where) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (where.path.size() >= sizeof address.sun_path)
    fail(where, std::strerror(ENAMETOOLONG));
  std::memcpy(address.sun_path, where.path.c_str(), where.path.size() + 1);
  return address;
}

int new_socket(const config::endpoint& where) {
  const auto made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (made < 0)
    fail(where, std::strerror(errno));
  return made;
}

/// Locks the socket's folder: two servers that start at once must not each take the other's fresh socket for a dead
/// one. Goes on without the lock where the folder cannot be read, or somebody else holds it for long.
int held_folder(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path();
  const auto folder = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (int i = 0; folder >= 0 && ::flock(folder, LOCK_EX | LOCK_NB) != 0 && i < 20; ++i)
    std::this_thread::sleep_for(50ms);
  return folder;
}

/// Removes the socket of a dead server, and refuses anything else. Does not wait for a server that does not answer: a
/// full backlog says enough.
void make_way(const config::endpoint& where, const sockaddr_un& address) {
  const auto found = look_at(where.path);
  if (!found)
    return;
  if (!S_ISSOCK(found->st_mode))
    fail(where, "what is there is no socket, and stays as it is; choose another path");
  const descriptor probe{new_socket(where)};
  const auto answered = ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  if (answered || errno == EAGAIN || errno == EINPROGRESS)
    fail(where, "another program listens there: stop it, or choose another --listen");
  if (errno != ECONNREFUSED)
    fail(where, std::string("what is there cannot be asked whether somebody listens: ") + std::strerror(errno));
  remove_socket(where.path, identity_of(*found));
}

void give_rights(const config::endpoint& where, const socket_access& access) {
  const auto* path = where.path.c_str();
  if (access.group && ::lchown(path, static_cast<uid_t>(-1), *access.group) != 0)
    fail(where, std::string("its group cannot be set: ") + std::strerror(errno)
                    + "; salond's user must be a member of unix.group");
  if (::fchmodat(AT_FDCWD, path, access.mode, AT_SYMLINK_NOFOLLOW) != 0)
    fail(where, std::string("its mode cannot be set: ") + std::strerror(errno));
}

} // namespace

bound_endpoint bind_unix(const config::endpoint& where, const socket_access& access) {
  const auto address = address_of(where);
  const descriptor folder{held_folder(where.path)};
  make_way(where, address);
  descriptor made{new_socket(where)};
  if (::bind(made.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    fail(where, std::strerror(errno));
  const auto found = look_at(where.path);
  const auto file = found ? identity_of(*found) : file_identity{};
  try {
    give_rights(where, access);
    if (::listen(made.get(), SOMAXCONN) != 0) // only now can anybody connect
      fail(where, std::strerror(errno));
  } catch (...) {
    remove_socket(where.path, file);
    throw;
  }
  return {where, made.release(), {}, access, file, &text_dialect};
}

void remove_socket(const std::string& path, const file_identity& identity) {
  const auto found = look_at(path);
  if (found && S_ISSOCK(found->st_mode) && identity_of(*found) == identity)
    ::unlink(path.c_str());
}

} // namespace salond
