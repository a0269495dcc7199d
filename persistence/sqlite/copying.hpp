// A copy of the whole database for a reader that needs minutes. A read transaction would show one state as well, but as
// long as one is open, SQLite's log keeps all that is written.
#pragma once
#include "persistence/sqlite/database.hpp"
#include <mutex>

namespace salond::persistence::sqlite {

/// The connection that writes, shared with the thread that copies: one of them uses it at a time.
struct written_database {
  std::mutex turn;        ///< held for a transaction, and while some pages are copied
  database* db = nullptr; ///< null once it is closed, which REQUIRES that no copy is under way
};

/// Copies the database between the transactions of its writer, some pages at a time, and opens the copy for reading: it
/// holds what was committed when the copying ended. It is a file without a name in the folder for temporary files
/// (which open_sqlite() sets), whose room on the disk is free when the copy is closed. Called on another thread than
/// the writer's. Throws store_error, `unavailable` where there is no room, and what `copying` throws.
std::unique_ptr<database> copy_of(written_database& from, const copy_progress& copying);

} // namespace salond::persistence::sqlite
