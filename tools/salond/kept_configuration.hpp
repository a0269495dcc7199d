// The configuration file of a node that starts anew in the same process: as it was in force, which may be another one
// than what the file holds by now.
#pragma once
#include <optional>
#include <string>

namespace salond {

/// Keeps the text, which may hold a password, for the program that this process runs next: in memory that has no name.
/// Where the system refuses that, which is logged, the file is read again.
void keep_configuration(const std::string& text);

/// What was kept so, once; nothing in any other start.
std::optional<std::string> take_kept_configuration();

} // namespace salond
