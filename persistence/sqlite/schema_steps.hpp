// What each step does to the tables. schema.hpp says how they are run.
#pragma once
#include "persistence/sqlite/database.hpp"
#include <vector>

namespace salond::persistence::sqlite {

/// "slnd" in the file's header: `file` and we know a database of ours by it. The first step writes it.
constexpr int64_t our_application_id = 0x736C6E64;

struct schema_step {
  const char* name;
  void (*run)(database&); ///< REQUIRES: a write transaction
};
/// Step n is the n-th.
const std::vector<schema_step>& schema_steps();

} // namespace salond::persistence::sqlite
