// What stands in the tables of a server's database: a test looks at them beside the server.
#pragma once
#include <string>
#include <vector>

namespace salond::support {

using rows = std::vector<std::vector<std::string>>;

/// Asks the SQLite file, also while a server runs on it. NULL is an empty text. Throws std::runtime_error.
rows ask_sqlite(const std::string& path, const std::string& sql);
/// The same rows in an order that depends on nothing but them.
rows sorted(rows some);

} // namespace salond::support
