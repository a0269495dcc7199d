// Backups: all that a database holds, in one file that any kind of database is restored from, row for row.
#pragma once
#include "persistence/backup/files.hpp"
#include "persistence/open.hpp"
#include "protocol/words/time.hpp"

namespace salond::persistence {

/// Told how many rows are done; may throw, which ends the work.
using row_progress = std::function<void(uint64_t rows)>;

/// Writes all that the store holds now. REQUIRES: in a snapshot (or a transaction). Holds some
/// hundred rows at a time. Throws store_error, and what `to` and `progress` throw.
backup_facts write_backup(const reading& from, const backup_writer::taker& to, const std::string& version, moment now,
                          const row_progress& progress);

/// Reads a file to its end. Throws backup_error when it is no whole backup that this salond can restore, exactly as it
/// was written, or what `progress` throws.
backup_facts check_backup(const std::string& path, const row_progress& progress = {});

/// Loads a checked backup into the database, all of it or, when it throws, nothing. REQUIRES: `facts` are
/// check_backup()'s; the store comes from open_empty(). Throws store_error, and backup_error when the file is another
/// one meanwhile.
void load_backup(store& into, const std::string& path, const backup_facts& facts, const row_progress& progress);

/// True when nothing was ever done in the database: there are the salons of a new one, and nothing else.
bool is_untouched(const reading& db);

/// How many rows a new database has in a table.
size_t rows_of_a_new_database(const stored_table& of);

/// Opens a database that holds nothing: none yet, an empty one, one that is_untouched(), or one whose tables were not
/// all made and hold no more. Throws store_error: `setup`
/// for any other, in which nothing was changed; else as open().
std::unique_ptr<store> open_empty(const open_options& options);

} // namespace salond::persistence
