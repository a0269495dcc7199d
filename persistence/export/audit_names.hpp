// Which lines of the audit log are about a user, who may have been renamed: its lines keep the names of their time.
#pragma once
#include "persistence/answers.hpp"
#include "persistence/contracts/access.hpp"
#include <cstdint>
#include <string>
#include <vector>

namespace salond::persistence {

class audit_names {
public:
  /// Nobody's, until another takes its place.
  audit_names() = default;
  /// Reads the log page by page, whole or what is behind `after`, for the renames that led to the present name.
  audit_names(const reading& db, const std::string& present, int64_t after = 0);

  /// Whether a line is by the user or about him, as he was called then. REQUIRES: the line is of that log, and behind
  /// the place that it was read from.
  bool concerns(const audit_line& line) const;

private:
  struct name {
    std::string text, key;
    int64_t last_line; ///< that may bear it
  };
  std::vector<name> names_; ///< the oldest first
};

} // namespace salond::persistence
