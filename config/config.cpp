#include "config/config.hpp"

namespace salond::config {

std::string endpoint::to_string() const {
  const auto prefix = dialect.empty() ? dialect : dialect + "+";
  if (how == kind::unix_socket)
    return prefix + "unix:" + path;
  const std::string scheme = how == kind::tls ? "tls://" : "tcp://";
  const auto colon = host.find(':') != std::string::npos; // IPv6
  return prefix + scheme + (colon ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

} // namespace salond::config
