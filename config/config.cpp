#include "config/config.hpp"

#include <cstdio>

namespace salond::config {
namespace {

/// "02:00": minutes since midnight.
std::optional<uint32_t> minute_meant(std::string_view text) {
  const auto digit = [&](size_t place) { return static_cast<uint32_t>(text[place] - '0'); };
  if (text.size() != 5 || text[2] != ':' || digit(0) > 2 || digit(1) > 9 || digit(3) > 5 || digit(4) > 9)
    return std::nullopt;
  const auto hour = 10 * digit(0) + digit(1);
  return hour < 24 ? std::optional{60 * hour + 10 * digit(3) + digit(4)} : std::nullopt;
}

} // namespace

std::optional<day_hours> day_hours::parse(std::string_view text) {
  if (text.size() != 11 || text[5] != '-')
    return std::nullopt;
  const auto from = minute_meant(text.substr(0, 5)), until = minute_meant(text.substr(6));
  if (!from || !until || *from == *until)
    return std::nullopt;
  return day_hours{*from, *until};
}

std::string day_hours::to_string() const {
  char text[32];
  std::snprintf(text, sizeof text, "%02u:%02u-%02u:%02u", from / 60, from % 60, until / 60, until % 60);
  return text;
}

std::string endpoint::to_string() const {
  const auto prefix = dialect.empty() ? dialect : dialect + "+";
  if (type == kind::unix_socket)
    return prefix + "unix:" + path;
  const std::string scheme = type == kind::tls ? "tls://" : "tcp://";
  const auto colon = host.find(':') != std::string::npos; // IPv6
  return prefix + scheme + (colon ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

} // namespace salond::config
