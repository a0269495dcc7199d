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
  std::vector<config::complaint> faults;              ///< missing, unreadable, open to everyone, broken, not a pair
  std::vector<config::complaint> warnings;            ///< expired, not good yet, soon to expire
};

/// Reads and checks the files, if any are named. Never throws.
checked_certificate read_certificate(const config::tls& files, const config::surroundings& around, std::time_t now);

} // namespace salond
