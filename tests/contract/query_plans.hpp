// How a database finds the rows that a store asks it for. Every statement of every contract test is looked at: a table
// that grows with use is never read whole to find some of its rows, but for a few statements, each with its reason.
#pragma once
#include "persistence/store.hpp"
#include <memory>
#include <string>
#include <vector>

namespace salond::support {

/// Listens to the statements of one kind of database.
class query_plans {
public:
  virtual ~query_plans() = default;
  /// Forgets what it heard: what opened the store.
  virtual void begin() = 0;
  /// A line for each statement so far that reads a whole table for some of its rows. `db`: the store that ran them.
  virtual std::vector<std::string> full_scans(persistence::store& db) = 0;
};

/// REQUIRES: before the store is opened, one at a time. Null where nobody can listen. `database` is a store_maker's
/// name.
std::unique_ptr<query_plans> watch_plans(const std::string& database);

/// Columns of a SQLite database that refer to another table and are not the first of an index: whenever a row goes
/// there, this table is read whole.
std::vector<std::string> references_without_index();

} // namespace salond::support
