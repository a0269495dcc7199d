#include "tools/salond/kept_configuration.hpp"
#include "config/log.hpp"
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace salond {
namespace {

/// The number of the descriptor.
constexpr auto kept = "SALOND_KEPT_CONFIGURATION";

bool write_all(int to, const std::string& text) {
  for (size_t done = 0; done < text.size();) {
    const auto count = ::write(to, text.data() + done, text.size() - done);
    if (count <= 0)
      return false;
    done += static_cast<size_t>(count);
  }
  return true;
}

std::optional<int> descriptor_in(const char* text) {
  int number = 0;
  const auto* end = text + std::strlen(text);
  const auto read = std::from_chars(text, end, number);
  return read.ec == std::errc{} && read.ptr == end && number > STDERR_FILENO ? std::optional(number) : std::nullopt;
}

} // namespace

void keep_configuration(const std::string& text) {
  const int memory = ::memfd_create("configuration", 0);
  if (memory >= 0 && write_all(memory, text)) {
    ::setenv(kept, std::to_string(memory).c_str(), 1);
    return;
  }
  log::warning("the configuration file is read again", {{"why", std::strerror(errno)}});
  if (memory >= 0)
    ::close(memory);
}

std::optional<std::string> take_kept_configuration() {
  const auto* given = std::getenv(kept);
  if (!given)
    return std::nullopt;
  const auto memory = descriptor_in(given);
  ::unsetenv(kept); // a program that this one starts has no use for it
  if (!memory || ::lseek(*memory, 0, SEEK_SET) != 0)
    return std::nullopt;
  std::string text;
  std::array<char, 4096> piece;
  for (ssize_t count = 0; (count = ::read(*memory, piece.data(), piece.size())) > 0;)
    text.append(piece.data(), static_cast<size_t>(count));
  ::close(*memory);
  return text;
}

} // namespace salond
