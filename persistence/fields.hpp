// Rows as plain values, as backups and the rights of a person see them.
#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace salond::persistence {

/// What stands in a column: NULL, a number, a text or bytes.
using field = std::variant<std::nullptr_t, int64_t, std::string>;
using table_row = std::vector<field>;

struct stored_table; // persistence/backup/tables.hpp

} // namespace salond::persistence
