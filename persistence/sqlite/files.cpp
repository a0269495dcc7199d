#include "persistence/sqlite/files.hpp"
#include "persistence/sqlite/errors.hpp"
#include "persistence/store.hpp"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace salond::persistence::sqlite {
namespace {

using kind = store_error::kind;

[[noreturn]] void fail(const std::string& failed) {
  const auto code = errno;
  const auto& row = row_of_file_error(code);
  throw store_error(kind_at_start(row.cured_by), failed + ": " + std::strerror(code) + behind(row));
}

std::string holder_of(int descriptor) {
  char pid[32] = {};
  const auto size = pread(descriptor, pid, sizeof pid - 1, 0);
  return size > 0 ? " (process " + std::string(pid, static_cast<size_t>(size)) + ")" : "";
}

/// Whether such a file is a lock: empty, or a number of a process as we write it. Anything else is somebody's, and the
/// number would replace it.
bool is_lock(int descriptor) {
  struct stat found {};
  char text[32] = {};
  if (::fstat(descriptor, &found) != 0 || !S_ISREG(found.st_mode))
    return false;
  const auto size = pread(descriptor, text, sizeof text, 0);
  return size >= 0 && size < static_cast<ssize_t>(sizeof text)
         && std::all_of(text, text + size, [](char c) { return c >= '0' && c <= '9'; });
}

/// The log of what is written stands beside the name by which the file was opened: whoever opens it by another one does
/// not see it, and writes over it. And the lock goes by the name.
void refuse_several_names(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0 || !S_ISREG(found.st_mode) || found.st_nlink < 2)
    return;
  throw store_error(kind::setup, "the database " + path + " has " + std::to_string(found.st_nlink)
                                     + " names (hard links), and changes made by one of them are lost by another; keep "
                                       "one of them (find them with `find -samefile`), or copy the file");
}

} // namespace

void keep_temporary_files_beside(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path().string();
  if (!sqlite3_temp_directory)
    sqlite3_temp_directory = sqlite3_mprintf("%s", folder.empty() ? "." : folder.c_str());
}

bool in_memory(const std::string& path) {
  return path == ":memory:";
}

std::string resolved(const std::string& path) {
  if (in_memory(path))
    return path;
  std::error_code why;
  const auto absolute = std::filesystem::absolute(path, why);
  const auto result = why ? absolute : std::filesystem::weakly_canonical(absolute, why);
  if (why || path.empty())
    throw store_error(kind::setup, "'" + path + "' cannot be the path of a database: " + why.message());
  // "none/." is one too, and without its end: the path that was resolved has no last name then.
  if (std::filesystem::is_directory(result, why) || !std::filesystem::path(path).has_filename()
      || !result.has_filename())
    throw store_error(kind::setup, result.string() + " is a folder; name a file in it in `db`");
  if (std::filesystem::exists(result, why) && !std::filesystem::is_regular_file(result, why))
    throw store_error(kind::setup, result.string() + " is a device, a pipe or a socket; name a file in `db`");
  return result.string();
}

// A journal beside an empty file is that of a first start that was cut off: SQLite goes back to nothing by it.
void refuse_log_without_database(const std::string& path) {
  std::error_code missing;
  const auto size = std::filesystem::file_size(path, missing);
  const auto refuse_beside = [&](const char* end) {
    std::error_code why;
    const auto bytes = std::filesystem::file_size(path + end, why);
    if (!why && bytes > 0)
      throw store_error(kind::setup, path + end + " holds changes of a database, and " + path
                                         + (missing ? " is not there" : " is empty")
                                         + "; put that database back beside it, or move both away together");
  };
  if (missing || size == 0)
    refuse_beside("-wal");
  if (missing)
    refuse_beside("-journal");
}

void prove_room_for(const std::string& path) {
  constexpr uintmax_t size_of_a_new_one = 1 << 20; // amply, with its log
  const auto folder = std::filesystem::path(path).parent_path();
  std::error_code unknown;
  bool possible = ::access(folder.c_str(), W_OK | X_OK) == 0;
  if (possible && std::filesystem::space(folder, unknown).available < size_of_a_new_one && !unknown) {
    possible = false;
    errno = ENOSPC;
  }
  if (!possible)
    fail("cannot make the database " + path);
}

void create_private(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor >= 0) {
    ::close(descriptor);
    return;
  }
  if (errno == EEXIST)
    return;
  fail("cannot make the database " + path);
}

file_lock::file_lock(const std::string& database_path, missing if_missing) {
  refuse_several_names(database_path);
  const auto path = database_path + ".lock";
  const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (if_missing == missing::make ? O_CREAT : 0);
  descriptor_ = ::open(path.c_str(), flags, 0600);
  if (descriptor_ < 0) {
    if (errno == ENOENT && if_missing == missing::ignore)
      return;
    fail("cannot open the lock " + path);
  }
  if (!is_lock(descriptor_)) {
    ::close(descriptor_);
    throw store_error(kind::setup, path + " is in the way: it is no lock of salond; move it, or name another database");
  }
  if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const auto code = errno;
    const auto holder = holder_of(descriptor_);
    ::close(descriptor_);
    errno = code;
    if (code != EWOULDBLOCK)
      fail("the database " + database_path + " cannot be locked");
    throw store_error(kind::setup, "the database " + database_path + " is in use by another salond" + holder
                                       + "; stop that one first, or name another file in `db`");
  }
  if (if_missing == missing::ignore)
    return;
  const auto pid = std::to_string(getpid());
  if (ftruncate(descriptor_, 0) != 0 || pwrite(descriptor_, pid.data(), pid.size(), 0) < 0)
    return; // the number only makes a message better
}

file_lock::~file_lock() {
  if (descriptor_ >= 0)
    ::close(descriptor_); // the file stays: to remove it would let two processes lock two files of one name
}

} // namespace salond::persistence::sqlite
