#include "persistence/sqlite/errors.hpp"
#include <algorithm>
#include <cerrno>
#include <sqlite3.h>

namespace salond::persistence::sqlite {
namespace {

constexpr const char* access = "the file and its folder must be readable and writable for the server's user";
constexpr const char* room = "make room on the disk";
constexpr const char* disk = "look at the disk, its file system's state and the kernel's log";
constexpr const char* local = "keep the database on a local disk that has room";
constexpr const char* recover = "restore a backup, or try `sqlite3 FILE .recover`";
constexpr const char* files = "raise the limit of open files (LimitNOFILE= in the unit, ulimit -n)";

const known_error* find(const std::vector<known_error>& in, int code) {
  const auto found = std::find_if(in.begin(), in.end(), [&](const auto& row) { return row.code == code; });
  return found == in.end() ? nullptr : &*found;
}

} // namespace

const std::vector<known_error>& known_errors() {
  static const std::vector<known_error> rows = {
      {SQLITE_NOMEM, cure::retry, ""},
      {SQLITE_PROTOCOL, cure::retry, ""},
      {SQLITE_IOERR, cure::retry, disk},
      // The lock file keeps other servers out, so this is a shell or a backup that somebody began.
      {SQLITE_BUSY, cure::person, "end the other program that uses it"},
      {SQLITE_FULL, cure::person, room},
      {SQLITE_IOERR_WRITE, cure::person, "make room on the disk, and look at its quotas and limits"},
      {SQLITE_IOERR_SHMOPEN, cure::person, local},
      {SQLITE_IOERR_SHMSIZE, cure::person, local},
      {SQLITE_IOERR_SHMLOCK, cure::person, local},
      {SQLITE_IOERR_SHMMAP, cure::person, local},
      {SQLITE_IOERR_LOCK, cure::person, local},
      {SQLITE_CANTOPEN, cure::person, access},
      {SQLITE_PERM, cure::person, access},
      {SQLITE_AUTH, cure::person, access},
      {SQLITE_READONLY, cure::person, access},
      {SQLITE_NOLFS, cure::person, local},
      {SQLITE_READONLY_DBMOVED, cure::nothing, "the file was moved or deleted under the running server; put it back"},
      // To sync once more would succeed, though what the disk holds is unknown.
      {SQLITE_IOERR_FSYNC, cure::nothing, disk},
      {SQLITE_IOERR_DIR_FSYNC, cure::nothing, disk},
      {SQLITE_IOERR_CORRUPTFS, cure::nothing, disk},
      {SQLITE_CORRUPT, cure::nothing, recover},
      {SQLITE_NOTADB, cure::nothing, "keep it and restore the last backup, or name another file in `db`"},
  };
  return rows;
}

const known_error& row_of(int code) {
  static const known_error unlisted{0, cure::refusal, ""};
  if (const auto* exactly = find(known_errors(), code))
    return *exactly;
  const auto* roughly = find(known_errors(), code & 0xFF);
  return roughly ? *roughly : unlisted;
}

const std::vector<known_error>& known_file_errors() {
  static const std::vector<known_error> rows = {
      {EINTR, cure::retry, ""},
      {EAGAIN, cure::retry, ""},
      {ENOMEM, cure::retry, ""},
      {EMFILE, cure::person, files},
      {ENFILE, cure::person, "raise the system's limit of open files (sysctl fs.file-max)"},
      {ENOSPC, cure::person, room},
      {EDQUOT, cure::person, "raise the user's quota, or make room within it"},
      {EFBIG, cure::person, "raise the limit of a file's size (LimitFSIZE= in the unit, ulimit -f)"},
      {EROFS, cure::person, "the file system is mounted read-only: mount it for writing"},
      {EACCES, cure::person, access},
      {EPERM, cure::person, access},
      {ENOENT, cure::person, "its folder must exist"},
      {ENOTDIR, cure::person, "its folder must exist"},
      {ENAMETOOLONG, cure::person, "name a shorter path in `db`"},
      {ELOOP, cure::person, "its path leads in circles"},
      {EIO, cure::person, disk},
      {ENOLCK, cure::person, local},
  };
  return rows;
}

const known_error& row_of_file_error(int system_error) {
  static const known_error unlisted{0, cure::person, access};
  const auto* row = find(known_file_errors(), system_error);
  return row ? *row : unlisted;
}

std::string behind(const known_error& row) {
  return *row.helps ? std::string("; ") + row.helps : std::string();
}

} // namespace salond::persistence::sqlite
