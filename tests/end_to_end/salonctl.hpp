// The built salonctl, run beside a test's server.
#pragma once
#include "tests/support/daemon.hpp"

namespace salond::end_to_end {

/// How a run of salonctl ended.
struct ran {
  std::optional<int> status;
  std::string output, errors;
};

/// Runs one command with options (--bundle, --json, …) in a working folder; `input` is what it reads.
ran run_salonctl(const support::daemon& server, const std::vector<std::string>& options,
                 const std::vector<std::string>& command, const std::string& input,
                 const support::temporary_folder& folder);

/// The same as the server's own administrator, in a folder that is gone then.
ran run_salonctl(const support::daemon& server, const std::vector<std::string>& command, const std::string& input = {});

/// The JSON that a command answers; null, and the test fails, where it is refused.
nlohmann::json answer_of(const support::daemon& server, std::vector<std::string> command,
                         const std::string& input = {});

} // namespace salond::end_to_end
