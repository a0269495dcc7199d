// Whose an address is, as far as limits go.
#pragma once
#include <string>

namespace salond {

/// The address itself; for IPv6 its /64, as "2001:db8:0:1::/64": one customer has all of its addresses. Of such a /64,
/// itself. "" for what is no address (the peer of a unix socket).
std::string network_of(const std::string& address);

} // namespace salond
