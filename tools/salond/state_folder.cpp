#include "tools/salond/state_folder.hpp"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace salond {
namespace {

[[noreturn]] void fail(const std::string& what, int error) {
  throw std::runtime_error(what + ": " + std::strerror(error));
}

} // namespace

state_folder::state_folder(const std::string& path) : path_(path) {
  const auto parent = std::filesystem::path(path).parent_path();
  std::error_code error;
  if (!parent.empty())
    std::filesystem::create_directories(parent, error);
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    fail("cannot make the state folder " + path, errno);
  lock_ = ::open(file("lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0)
    fail("cannot write into the state folder " + path, errno);
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock_);
    throw std::runtime_error("another salond runs on the state folder " + path
                             + "; stop it, or choose another folder with --state");
  }
}

state_folder::~state_folder() {
  ::close(lock_);
}

void state_folder::write_secret(const std::string& name, const std::string& content) const {
  const auto fresh = file(name + ".new");
  ::unlink(fresh.c_str());
  const auto fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    fail("cannot write " + fresh, errno);
  const auto written = ::write(fd, content.data(), content.size());
  const auto synced = ::fsync(fd);
  ::close(fd);
  if (written != static_cast<ssize_t>(content.size()) || synced != 0
      || ::rename(fresh.c_str(), file(name).c_str()) != 0)
    fail("cannot write " + file(name), errno);
}

} // namespace salond
