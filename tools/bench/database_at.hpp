// Benchmarks name databases as salond's --db does.
#pragma once
#include "config/config.hpp"
#include <string>

namespace salond::bench {

/// The database that an address means. Throws std::runtime_error where it means none.
config::database database_at(const std::string& address);

} // namespace salond::bench
