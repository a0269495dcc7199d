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
  /// The same of the account that has the name now, and not of one before that was erased or banned.
  bool concerns_this_account(const audit_line& line) const { return line.id > freed_ && concerns(line); }

private:
  struct name {
    std::string text, key;
    int64_t last_line; ///< that may bear it
  };
  const name* name_at(int64_t line) const;

  std::vector<name> names_; ///< the oldest first
  int64_t freed_ = 0;       ///< the line with which the oldest one was free for this account
};

} // namespace salond::persistence
