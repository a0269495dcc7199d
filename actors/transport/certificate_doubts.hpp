// Doubts about a certificate file: it may be used, and yet keeps many clients out.
#pragma once
#include <string>
#include <vector>

namespace salond {

/// A sentence for each doubt, to be put behind the file's name. Certificates behind the first one that sign nothing in
/// the file belong to another chain; and a certificate may name no host. `pem`: a text that tls_credentials takes.
/// Throws pki_error as that does.
std::vector<std::string> doubts_about(const std::string& pem);

} // namespace salond
