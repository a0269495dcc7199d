// What a node says of limits that hold for all nodes together (actors/rules/shared_use.hpp).
#pragma once
#include <cstdint>
#include <string>

namespace salond::rules::cluster {

/// What somebody used up of one, since it was told last.
struct usage {
  int64_t limit = 0; ///< a shared_limit, or one that this version does not know
  std::string whose;
  int64_t count = 0; ///< below 0: so much was given back
};

} // namespace salond::rules::cluster
