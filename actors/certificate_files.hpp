// The certificate that clients are shown on `tls://` addresses, from the files that the configuration names.
#pragma once
#include "actors/transport/tls_credentials.hpp"
#include "config/command_line.hpp"
#include <ctime>
#include <memory>
#include <vector>

namespace salond {

struct checked_certificate {
  std::shared_ptr<const tls_credentials> credentials; ///< null where no files are named, or where there are faults
  std::vector<config::complaint> faults;   ///< missing, unreadable, open to everyone, broken, of no use to any client
  std::vector<config::complaint> warnings; ///< as warnings_about() has them
};

/// What people are told of a usable certificate at the time `now`: it has expired, is not good yet, or expires soon;
/// few clients know its kind of key.
std::vector<config::complaint> warnings_about(const tls_credentials& found, const std::string& path, std::time_t now);

/// Reads and checks the files, if any are named. Never throws.
checked_certificate read_certificate(const config::tls& files, const config::surroundings& around, std::time_t now);

} // namespace salond
