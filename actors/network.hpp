// The network of an address: limits take all addresses of a network for one client's.
#pragma once
#include <string>

namespace salond {

/// Answers an IPv4 address itself, and the /64 of an IPv6 address, as "2001:db8:0:1::/64": one customer has all of its
/// addresses. Answers such a /64 itself. Answers "" for a text that is no address (the peer of a unix socket).
std::string network_of(const std::string& address);

} // namespace salond
