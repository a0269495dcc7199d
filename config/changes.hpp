// What of a configuration a running server takes up when it is read again, and what waits for the next start.
#pragma once
#include "config/config.hpp"
#include <string>
#include <vector>

namespace salond::config {

/// How settings that were read again differ from those in force. Names are those of the file, as `limits.connections`.
struct changes {
  std::vector<std::string> taken_up;      ///< are in `next`
  std::vector<std::string> needs_restart; ///< are in `next` as they were
  settings next;
};

/// Compares the settings in force with those that were read: nothing is lost between two calls that pass on `next`.
changes compare(const settings& in_force, const settings& read);

} // namespace salond::config
