// The text of an operator's bundle as a file: a line that says where the server's admin port is, which bundles of
// before do not have, and the PEM blocks of pki. Whoever reads PEM passes the line by.
#pragma once
#include <string>

namespace salond {

/// The bundle with this address, HOST:PORT, in place of the one that it has, if any.
std::string with_server(const std::string& bundle, const std::string& address);
/// The address; "" where the bundle has none.
std::string server_of(const std::string& bundle);

} // namespace salond
