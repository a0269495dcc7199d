// Files that somebody named: opened only where reading them ends, and read only so far.
#pragma once
#include <cstdio>
#include <memory>
#include <string>
#include <variant>

namespace salond {

struct file_closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using file_handle = std::unique_ptr<std::FILE, file_closer>;

/// Opens a regular file for reading, without waiting for anything, or says why not: what is a folder, a pipe, a device
/// or a socket is refused, since it may never end, or never begin.
std::variant<file_handle, std::string> open_regular_file(const std::string& path);

/// What a file that somebody wrote by hand, or a certificate with its chain, has at most.
inline constexpr size_t max_file_bytes = 1 << 20;

struct file_content {
  std::string bytes;
  bool open_to_others = false; ///< users other than its owner and group may read it
};

/// The content of a regular file, or why it cannot be read; longer than `most` is a reason too.
std::variant<file_content, std::string> read_regular_file(const std::string& path, size_t most = max_file_bytes);

} // namespace salond
