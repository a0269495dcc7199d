// The files of a SQLite database: where they are, who may read them, and who uses them.
#pragma once
#include <string>

namespace salond::persistence::sqlite {

/// One process at a time uses a database: SQLite would allow more, but salond remembers what it wrote.
/// Held by an flock on `PATH.lock`: not on the database itself, where closing any descriptor drops SQLite's own locks.
class file_lock {
public:
  /// Whether a missing lock file is made; a dry run leaves no trace.
  enum class missing { make, ignore };

  /// Throws store_error::setup, naming who holds it, when it is held, and where the file has other names (hard links):
  /// each of them would have a lock, and a log, of its own.
  file_lock(const std::string& database_path, missing if_missing);
  file_lock(const file_lock&) = delete;
  file_lock& operator=(const file_lock&) = delete;
  ~file_lock();

private:
  int descriptor_ = -1;
};

/// `path` without links and relative parts, so that a database has one name and one lock.
/// Throws store_error::setup when it cannot be one of a database's.
std::string resolved(const std::string& path);

/// Throws store_error::setup where there is no database, or an empty one, beside a log (`-wal`) or a journal of one:
/// what was committed last stands in these alone, and SQLite would remove them.
void refuse_log_without_database(const std::string& path);

/// Throws store_error::setup where no new database can be made at a resolved path: its folder is not there, may not be
/// written to, or is full. Changes nothing.
void prove_room_for(const std::string& path);

/// Makes an empty file that only its owner can read, unless there is a file: `-wal` and `-shm` take its mode.
/// Throws store_error.
void create_private(const std::string& path);

/// SQLite puts its temporary files into the database's folder from now on: it is large enough, and can be written to
/// where the others cannot. REQUIRES: no other thread uses SQLite yet. The first call counts.
void keep_temporary_files_beside(const std::string& path);

/// True for SQLite's name of a database that lives in memory alone.
bool in_memory(const std::string& path);

} // namespace salond::persistence::sqlite
