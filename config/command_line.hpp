// salond's command line: what to do, and with which settings. Options override the configuration file, the file
// overrides the defaults. Scripts and supervisors rely on the names; docs/operations/configure.md has them.
#pragma once
#include "config/load.hpp"
#include "config/regular_file.hpp"
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace salond::config {

/// What the command line needs of the process around it; a test brings its own.
struct surroundings {
  /// The environment variable of that name.
  std::function<std::optional<std::string>(const std::string& name)> variable;
  /// The file of that name, or why it cannot be read.
  std::function<std::variant<file_content, std::string>(const std::string& path)> read;
  bool root = false;
  std::string host = {};                ///< what this machine is called
  std::optional<std::string> kept = {}; ///< the configuration file as it was read earlier, in its place
};

/// Those of this process.
surroundings this_process();

/// What a command line asks for.
struct command_line {
  enum class action { run, check_config, migrate_only, dry_run, restore, help, version };
  action wanted = action::run;
  std::string backup;              ///< the file to restore
  settings values;                 ///< complete, unless there are faults
  value_sources sources;           ///< of these
  std::optional<std::string> file; ///< the configuration file as it was read, if one is named
  std::vector<complaint> faults;   ///< if there is one, the process ends with status 2
  std::vector<complaint> warnings; ///< to be logged
};

/// Where a node's name comes from that nobody has given: settings::sources.
inline constexpr const char* host_name = "the host's name";

/// Reads the command line and the configuration file that it names. Finds all faults, not only the first, and never
/// repeats a password in one.
command_line parse(int argc, const char* const* argv, const surroundings& around);

/// The state folder where none is named; "" when neither STATE_DIRECTORY nor HOME is set.
std::string default_state(const surroundings& around);

/// What `--help` prints.
std::string help_text();

} // namespace salond::config
