// What the error codes of SQLite, and those of the system at its files, mean for the next try and for an operator.
#pragma once
#include "persistence/cures.hpp"
#include <vector>

namespace salond::persistence::sqlite {

/// The codes that we know something of: extended ones, and primary ones for all extended ones that are not listed.
const std::vector<known_error>& known_errors();
/// Its row. What nobody listed is refused work: the same again would end the same.
const known_error& row_of(int code);

/// The same for what the system says of a file, as errno has it. What nobody listed needs a person.
const std::vector<known_error>& known_file_errors();
const known_error& row_of_file_error(int system_error);

/// "; make room on the disk": what helps, to be put behind what went wrong. Empty where nothing is known.
std::string behind(const known_error& row);

} // namespace salond::persistence::sqlite
