#include "tools/bench/database_at.hpp"
#include "config/load.hpp"
#include <stdexcept>

namespace salond::bench {

config::database database_at(const std::string& address) {
  std::string why;
  if (auto where = config::parse_database(address, why))
    return std::move(*where);
  throw std::runtime_error(why);
}

} // namespace salond::bench
