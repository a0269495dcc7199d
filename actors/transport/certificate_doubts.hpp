// What is allowed of a certificate file, and yet keeps many clients out.
#pragma once
#include <string>
#include <vector>

namespace salond {

/// A sentence each, to be put behind the file's name: certificates behind the first one that sign nothing in the file,
/// so that they are another's chain; and a certificate that names no host. `pem`: what tls_credentials takes. Throws
/// pki_error as that does.
std::vector<std::string> doubts_about(const std::string& pem);

} // namespace salond
