// Files that only their owner reads: keys, bundles, lists. A breakdown is a pki_error that names the path.
#pragma once
#include "actors/transport/pki.hpp"
#include <string>

namespace salond {

/// Reads a file of at most 1 MiB whole.
std::string read_private_file(const std::string& path);

/// Writes a file with mode 0600: beside it, synced, renamed. So a reader sees the old file or the new one, whole.
void write_private_file(const std::string& path, const std::string& content);

/// Writes all of it to a descriptor, from where that stands. False: errno says why not.
bool write_all(int to, const std::string& content);

/// Makes sure that the making, renaming or removal of a file survives a power cut.
void sync_folder_of(const std::string& path);

/// Makes a folder with mode 0700, or narrows an existing one to it. It must be ours, and no symbolic link.
void make_private_folder(const std::string& path);

/// Holds the lock of a folder as long as it lives: two processes may use one folder (salond, salonctl --state).
class folder_lock {
public:
  explicit folder_lock(const std::string& folder);
  ~folder_lock();
  folder_lock(const folder_lock&) = delete;
  folder_lock& operator=(const folder_lock&) = delete;

private:
  int descriptor_;
};

} // namespace salond
