#include "actors/transport/private_file.hpp"
#include "actors/transport/descriptor.hpp"
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace salond {
namespace {

constexpr size_t max_bytes = 1 << 20; // a list of ten thousand certificates; a bundle has two thousand bytes

constexpr std::chrono::seconds max_wait{5};

[[noreturn]] void fail(const char* attempt, const std::string& path) {
  throw pki_error(std::string("cannot ") + attempt + ' ' + path + ": " + std::strerror(errno));
}

} // namespace

bool write_all(int to, const std::string& content) {
  for (size_t done = 0; done < content.size();) {
    const auto count = ::write(to, content.data() + done, content.size() - done);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return false;
    done += static_cast<size_t>(count);
  }
  return true;
}

std::string read_private_file(const std::string& path) {
  const descriptor file{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)}; // a pipe in its place holds up nobody
  struct stat found {};
  if (file.get() < 0 || ::fstat(file.get(), &found) != 0)
    fail("read", path);
  if (!S_ISREG(found.st_mode))
    throw pki_error("cannot read " + path + ": it is no regular file");
  std::string content;
  char buffer[4096];
  for (;;) {
    const auto count = ::read(file.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      fail("read", path);
    if (count == 0)
      return content;
    content.append(buffer, static_cast<size_t>(count));
    if (content.size() > max_bytes)
      throw pki_error("cannot read " + path + ": too long");
  }
}

void write_private_file(const std::string& path, const std::string& content) {
  if (content.size() > max_bytes)
    throw pki_error("cannot write " + path + ": too long"); // nobody could read it back
  const auto beside = path + ".new";
  if (::unlink(beside.c_str()) != 0 && errno != ENOENT) // of a process that was killed, perhaps with another mode
    fail("write", beside);
  {
    const descriptor file{::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (file.get() < 0 || ::fchmod(file.get(), 0600) != 0 || !write_all(file.get(), content)
        || ::fsync(file.get()) != 0)
      fail("write", beside);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0)
    fail("write", path);
  sync_folder_of(path);
}

void sync_folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  const auto folder = slash == std::string::npos ? std::string{"."} : path.substr(0, slash + 1);
  const descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (opened.get() < 0 || ::fsync(opened.get()) != 0)
    fail("write", folder);
}

void make_private_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    fail("make", path);
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0)
    fail("use", path);
  if (!S_ISDIR(found.st_mode) || found.st_uid != ::geteuid())
    throw pki_error("cannot use " + path + ": not a folder of this user");
  if ((found.st_mode & 07777) != 0700 && ::chmod(path.c_str(), 0700) != 0)
    fail("narrow the rights of", path);
}

folder_lock::folder_lock(const std::string& folder) : descriptor_(-1) {
  const auto path = folder + "/lock";
  descriptor file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (file.get() < 0)
    fail("open", path);
  // The lock is held for milliseconds. A process that is stopped holds it for ever; that must not stop us, too.
  const auto until = std::chrono::steady_clock::now() + max_wait;
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if ((errno != EINTR && errno != EWOULDBLOCK) || std::chrono::steady_clock::now() > until)
      fail("lock", path);
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  descriptor_ = file.release();
}

folder_lock::~folder_lock() {
  ::close(descriptor_);
}

} // namespace salond
