#include "actors/network.hpp"
#include <algorithm>
#include <arpa/inet.h>

namespace salond {

std::string network_of(const std::string& address) {
  in_addr four{};
  if (::inet_pton(AF_INET, address.c_str(), &four) == 1)
    return address;
  in6_addr six{};
  const auto bare =
      address.size() > 3 && address.substr(address.size() - 3) == "/64" ? address.size() - 3 : address.size();
  if (::inet_pton(AF_INET6, address.substr(0, bare).c_str(), &six) != 1)
    return {};
  char text[INET6_ADDRSTRLEN] = "";
  if (IN6_IS_ADDR_V4MAPPED(&six)) {
    ::inet_ntop(AF_INET, six.s6_addr + 12, text, sizeof text);
    return text;
  }
  std::fill(six.s6_addr + 8, six.s6_addr + 16, uint8_t{0});
  ::inet_ntop(AF_INET6, &six, text, sizeof text);
  return std::string(text) + "/64";
}

} // namespace salond
