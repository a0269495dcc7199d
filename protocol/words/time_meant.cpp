#include "protocol/words/time_meant.hpp"
#include <algorithm>
#include <ctime>

namespace salond {
namespace {

/// What is read is written again: strptime() takes more than what is meant, and timegm() turns what is no date into
/// another day.
std::optional<moment> date_meant(const std::string& text, const char* form) {
  std::tm parts{};
  const auto* end = ::strptime(text.c_str(), form, &parts);
  if (!end || *end != '\0')
    return std::nullopt;
  const auto seconds = ::timegm(&parts);
  std::tm again{};
  char spelled[64];
  if (!::gmtime_r(&seconds, &again) || std::strftime(spelled, sizeof spelled, form, &again) == 0 || text != spelled)
    return std::nullopt;
  return moment{std::chrono::seconds{seconds}};
}

} // namespace

std::optional<std::chrono::seconds> duration_meant(const std::string& text) {
  if (text.size() < 2 || text.size() > 9 || text.find_first_not_of("0123456789") != text.size() - 1)
    return std::nullopt;
  const auto count = std::stoll(text);
  switch (text.back()) {
  case 's': return std::chrono::seconds{count};
  case 'm': return std::chrono::minutes{count};
  case 'h': return std::chrono::hours{count};
  case 'd': return std::chrono::hours{24 * std::min<int64_t>(count, 3650000)};
  default: return std::nullopt;
  }
}

std::optional<moment> time_meant(const std::string& text, moment now) {
  if (const auto ago = duration_meant(text))
    return now - *ago;
  if (text.find_first_not_of("0123456789") != 4) // a year has four digits
    return std::nullopt;
  for (const auto* form : {"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M", "%Y-%m-%d"})
    if (const auto found = date_meant(text, form))
      return found;
  return std::nullopt;
}

} // namespace salond
