// The files of backups: written whole or not at all, read line by line.
#pragma once
#include "config/regular_file.hpp"
#include "persistence/backup/format.hpp"
#include "protocol/words/time.hpp"

namespace salond::persistence {

/// True when a backup may have that name: 1 to 100 of A-Z, a-z, 0-9, dot, underscore and hyphen, no dot in front. So it
/// is one file in its folder, and never a temporary one.
bool is_backup_name(const std::string& name);

/// A file that appears under its name whole, synced, or not at all. Functions throw backup_error.
class new_backup {
public:
  /// Makes the folder, mode 0700, and the file, mode 0600, under a temporary name. Refuses a name that is there.
  /// REQUIRES: is_backup_name(name); nobody else writes into the folder.
  new_backup(const std::string& folder, const std::string& name);
  /// Removes what was not kept.
  ~new_backup();
  new_backup(const new_backup&) = delete;
  new_backup& operator=(const new_backup&) = delete;

  void write(const std::string& text);
  /// Gives it its name; answers its size in bytes.
  uint64_t keep();
  const std::string& path() const { return path_; }

private:
  void flush();

  std::string folder_, path_, temporary_, waiting_;
  uint64_t size_ = 0;
  int descriptor_ = -1;
};

/// A file that begins and ends as a backup does.
struct found_backup {
  std::string name;
  moment made;        ///< as it says of itself: the file's own time is whatever a copy left
  bool early = false; ///< that time is to come: a clock was ahead, or a byte is damaged, and its age is not known
};
/// Those of a folder, the newest first, and behind these the early ones. What else lies there is left out: other files,
/// links, what is being written, what was cut off.
std::vector<found_backup> backups_in(const std::string& folder, moment now);
/// Of these, in their order, all but the first `keep`. The one that was just made stays in any case. So does what
/// stands before it: that may be what another one has made meanwhile, who looks at the same time; and of two that
/// delete each other's none would stay.
std::vector<std::string> backups_to_delete(const std::vector<found_backup>& all, const std::string& made, size_t keep);

/// The lines of a regular file. Functions throw backup_error.
class lines_of_file {
public:
  explicit lines_of_file(const std::string& path);
  /// The next line with its line end, which the last one may lack; false at the end.
  bool next(std::string& line);

private:
  bool read_on();

  file_handle file_;
  std::string piece_; ///< of the file
  size_t taken_ = 0;  ///< of the piece
};

} // namespace salond::persistence
