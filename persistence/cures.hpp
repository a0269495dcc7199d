// What cures an error of a database: a new try, a person, or nothing. Each database has one table of its errors in this
// form: persistence/mysql/errors.cpp and persistence/sqlite/errors.cpp.
#pragma once
#include "persistence/store.hpp"

namespace salond::persistence {

enum class cure {
  retry,   ///< a new try: unreachable, deadlock, lock wait
  person,  ///< somebody who gives a right, mends a definition, makes room on the disk
  nothing, ///< damage: what is stored there cannot be trusted any more
  refusal, ///< no breakdown: the same work would be refused again (a constraint, a fault of ours)
};

/// One row of a database's table of errors.
struct known_error {
  int code = 0;
  cure cured_by = cure::retry;
  const char* helps = ""; ///< what an operator can do; behind what the database says
};

/// While the server starts: what a new try may cure is `unavailable`, all else `setup`, which ends the start at once.
constexpr store_error::kind kind_at_start(cure by) {
  return by == cure::retry ? store_error::kind::unavailable : store_error::kind::setup;
}

/// While the server runs it waits for a person as it waits for the database, and says in the log what helps.
constexpr store_error::kind kind_while_running(cure by) {
  switch (by) {
  case cure::nothing: return store_error::kind::fatal;
  case cure::refusal: return store_error::kind::refused;
  default: return store_error::kind::unavailable;
  }
}

} // namespace salond::persistence
