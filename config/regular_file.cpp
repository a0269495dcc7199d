#include "config/regular_file.hpp"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace salond {
namespace {

std::string kind_of(mode_t mode) {
  if (S_ISDIR(mode))
    return "it is a folder";
  if (S_ISFIFO(mode))
    return "it is a pipe, and no regular file";
  return "it is no regular file";
}

} // namespace

std::variant<file_handle, std::string> open_regular_file(const std::string& path) {
  // O_NONBLOCK: a named pipe that nobody writes would hold up the open itself. It means nothing to a regular file.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0)
    return errno == ENXIO ? kind_of(S_IFSOCK) : std::string(std::strerror(errno));
  struct stat status {};
  std::string why;
  if (::fstat(descriptor, &status) != 0)
    why = std::strerror(errno);
  else if (!S_ISREG(status.st_mode))
    why = kind_of(status.st_mode);
  else if (file_handle file{::fdopen(descriptor, "rb")})
    return file;
  else
    why = std::strerror(errno);
  ::close(descriptor);
  return why;
}

std::variant<file_content, std::string> read_regular_file(const std::string& path, size_t most) {
  auto opened = open_regular_file(path);
  if (auto* why = std::get_if<std::string>(&opened))
    return std::move(*why);
  auto* const file = std::get<file_handle>(opened).get();
  struct stat status {};
  if (::fstat(::fileno(file), &status) != 0)
    return std::string(std::strerror(errno));
  file_content found{{}, (status.st_mode & S_IROTH) != 0};
  char piece[4096];
  for (size_t count = 0; (count = std::fread(piece, 1, sizeof piece, file)) != 0;) {
    found.bytes.append(piece, count);
    if (found.bytes.size() > most)
      return "it is longer than " + std::to_string(most) + " bytes";
  }
  if (std::ferror(file))
    return std::string(std::strerror(errno));
  return found;
}

} // namespace salond
