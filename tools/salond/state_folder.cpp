#include "tools/salond/state_folder.hpp"
#include "actors/transport/private_file.hpp"
#include "config/log.hpp"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace salond {
namespace {

[[noreturn]] void fail(const std::string& failed, int error) {
  throw std::runtime_error(failed + ": " + std::strerror(error));
}

/// Without slashes and dots at the end: they would make the folder itself look like the one above it. Nothing else of
/// the text is touched, since `..` behind a link leads elsewhere than the text says.
std::string plain(std::string path) {
  const auto ends_in = [&](const char* end) {
    const std::string_view tail = end;
    return path.size() > tail.size() && path.compare(path.size() - tail.size(), tail.size(), tail) == 0;
  };
  while (ends_in("/") || ends_in("/."))
    path.erase(path.rfind('/') == 0 ? 1 : path.rfind('/'));
  return path;
}

/// Makes what is missing of it, for its owner alone: what is private is so from the outermost new folder on.
void make_folders(const std::filesystem::path& path) {
  if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST)
    return;
  const auto reason = errno;
  const auto parent = path.parent_path();
  if (reason != ENOENT || parent.empty() || parent == path)
    fail("cannot make the state folder " + path.string(), reason);
  make_folders(parent);
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    fail("cannot make the state folder " + path.string(), errno);
}

void warn_of_others(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0 && (found.st_mode & 077) != 0)
    log::warning("other users of this machine may look into the state folder; chmod 700 it", {{"folder", path}});
}

} // namespace

state_folder::state_folder(const std::string& path) : path_(plain(path)) {
  make_folders(path_);
  lock_ = ::open(file("lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  if (lock_ < 0)
    fail("cannot write into the state folder " + path_, errno);
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock_);
    throw std::runtime_error("another salond runs on the state folder " + path_
                             + "; stop it, or choose another folder with --state");
  }
  warn_of_others(path_);
}

state_folder::~state_folder() {
  ::close(lock_);
}

void state_folder::keep_password(const std::string& password) const {
  const auto path = file("admin.password"), fresh = path + ".fresh", old = path + ".old";
  write_private_file(fresh, password + "\n");
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0 && ::rename(path.c_str(), old.c_str()) != 0)
    fail("cannot keep the older password as " + old, errno);
  if (::rename(fresh.c_str(), path.c_str()) != 0)
    fail("cannot write " + path, errno);
  sync_folder_of(path);
}

std::string state_folder::identity() const {
  const auto path = file("node");
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) {
    std::random_device source;
    std::string name;
    for (int i = 0; i < 24; ++i)
      name += "0123456789abcdef"[source() % 16];
    write_private_file(path, name + "\n");
  }
  const auto kept = read_private_file(path);
  if (::fstat(lock_, &found) != 0) // a copy of the folder has another lock file
    fail("cannot look at the lock of the state folder " + path_, errno);
  return kept.substr(0, std::min<size_t>(kept.find('\n'), 24)) + "." + std::to_string(found.st_ino);
}

std::optional<std::string> fault_of_state_folder(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code unseen;
  for (auto place = fs::path(plain(path)); !place.empty(); place = place.parent_path()) {
    const auto type = fs::symlink_status(place, unseen).type();
    if (type == fs::file_type::none)
      return std::nullopt;
    if (type == fs::file_type::not_found && place != place.parent_path())
      continue; // it is made
    const auto behind = fs::status(place, unseen).type();
    return behind == fs::file_type::directory || behind == fs::file_type::none
               ? std::nullopt
               : std::optional(place.string() + " is no folder; name another one");
  }
  return std::nullopt;
}

} // namespace salond
