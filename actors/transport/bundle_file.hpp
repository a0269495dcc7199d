// The text of an operator's bundle as a file: a line with the address of the server's admin port, and the PEM blocks of
// pki. Older bundles do not have the line. A reader of PEM skips it.
#pragma once
#include <string>

namespace salond {

/// The bundle with this address, HOST:PORT, in place of the one that it has, if any.
std::string with_server(const std::string& bundle, const std::string& address);
/// The address; "" if the bundle has none.
std::string server_of(const std::string& bundle);

} // namespace salond
