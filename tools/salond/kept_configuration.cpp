#include "tools/salond/kept_configuration.hpp"
#include "actors/transport/private_file.hpp"
#include "config/log.hpp"
#include "config/regular_file.hpp"
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

namespace salond {
namespace {

/// The number of the descriptor.
constexpr auto kept = "SALOND_KEPT_CONFIGURATION";

std::optional<int> descriptor_in(const std::string& text) {
  int number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size() && number > STDERR_FILENO
             ? std::optional(number)
             : std::nullopt;
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
  const auto memory = given ? descriptor_in(given) : std::nullopt;
  ::unsetenv(kept); // a program that this one starts has no use for it
  if (!memory)
    return std::nullopt;
  auto read = read_regular_file("/proc/self/fd/" + std::to_string(*memory));
  ::close(*memory);
  auto* content = std::get_if<file_content>(&read);
  return content ? std::optional(std::move(content->bytes)) : std::nullopt;
}

} // namespace salond
