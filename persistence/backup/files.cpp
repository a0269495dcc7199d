#include "persistence/backup/files.hpp"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace salond::persistence {
namespace {

constexpr size_t bytes_at_once = 256 << 10;
// The longest text that a database takes, 16 MiB, with each byte spelled by six.
constexpr size_t max_line = 100 << 20;

[[noreturn]] void fail(const std::string& failed) {
  throw backup_error(failed + ": " + std::strerror(errno));
}

/// A folder that nobody else reads; one that is there is narrowed to that.
void make_private(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0)
    return;
  struct stat found {};
  if (errno != EEXIST || ::lstat(folder.c_str(), &found) != 0)
    fail("cannot make the folder " + folder);
  if (!S_ISDIR(found.st_mode))
    throw backup_error(S_ISLNK(found.st_mode) ? folder
                                                    + " is a link, and none is followed: make a folder of it, and mount"
                                                      " there what the link led to"
                                              : folder + " is no folder");
  if ((found.st_mode & 0777) != 0700 && ::chmod(folder.c_str(), 0700) != 0)
    fail("cannot keep others out of the folder " + folder);
}

void sync_folder(const std::string& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    return;
  ::fsync(descriptor); // the file's content is safe already; this makes its name so, where the file system can
  ::close(descriptor);
}

} // namespace

bool is_backup_name(const std::string& name) {
  const auto may = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_'
           || c == '-';
  };
  return !name.empty() && name.size() <= 100 && name.front() != '.' && std::all_of(name.begin(), name.end(), may);
}

new_backup::new_backup(const std::string& folder, const std::string& name)
    : folder_(folder), path_(folder + "/" + name), temporary_(folder + "/." + name + ".new") {
  make_private(folder);
  struct stat found {};
  if (::lstat(path_.c_str(), &found) == 0)
    throw backup_error(path_ + " is there already; choose another name, or remove it");
  ::unlink(temporary_.c_str()); // of a server that was ended in the middle
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor_ < 0)
    fail("cannot make " + path_);
}

new_backup::~new_backup() {
  if (descriptor_ < 0)
    return;
  ::close(descriptor_);
  ::unlink(temporary_.c_str());
}

void new_backup::write(const std::string& text) {
  waiting_ += text;
  if (waiting_.size() >= bytes_at_once)
    flush();
}

void new_backup::flush() {
  for (size_t sent = 0; sent < waiting_.size();) {
    const auto count = ::write(descriptor_, waiting_.data() + sent, waiting_.size() - sent);
    if (count < 0 && errno != EINTR)
      fail("cannot write " + path_);
    sent += static_cast<size_t>(std::max<ssize_t>(0, count));
  }
  size_ += waiting_.size();
  waiting_.clear();
}

uint64_t new_backup::keep() {
  flush();
  if (::fsync(descriptor_) != 0)
    fail("cannot write " + path_);
  // Not rename(), which would replace a file that has come meanwhile.
  if (::link(temporary_.c_str(), path_.c_str()) != 0)
    fail("cannot make " + path_);
  ::unlink(temporary_.c_str());
  sync_folder(folder_);
  ::close(descriptor_);
  descriptor_ = -1;
  return size_;
}

namespace {

/// Whether the file ends as a backup does. A last line is short.
bool ends_whole(std::FILE* file) {
  char end[4096];
  if (std::fseek(file, 0, SEEK_END) != 0)
    return false;
  const auto size = std::min<long>(std::ftell(file), sizeof end);
  if (size <= 0 || std::fseek(file, -size, SEEK_END) != 0)
    return false;
  const std::string_view text{end, std::fread(end, 1, static_cast<size_t>(size), file)};
  const auto before = text.size() < 2 ? text.npos : text.rfind('\n', text.size() - 2);
  return before != text.npos && is_last_line(text.substr(before + 1));
}

/// When the backup of a file was made; nothing where it is none. A first line is short.
std::optional<int64_t> made_ms_of(const std::string& path) {
  const auto opened = open_regular_file(path);
  const auto* file = std::get_if<file_handle>(&opened);
  char line[4096];
  if (!file || !std::fgets(line, sizeof line, file->get()))
    return std::nullopt;
  const auto made = made_ms_in(line);
  return made && ends_whole(file->get()) ? made : std::nullopt;
}

/// A clock that is set right jumps back by less.
constexpr std::chrono::minutes small_step{1};

} // namespace

std::vector<found_backup> backups_in(const std::string& folder, moment now) {
  namespace fs = std::filesystem;
  std::vector<found_backup> result;
  std::error_code failed;
  for (fs::directory_iterator each(folder, failed); !failed && each != fs::directory_iterator{};
       each.increment(failed)) {
    const auto name = each->path().filename().string();
    std::error_code unseen;
    if (!is_backup_name(name) || each->symlink_status(unseen).type() != fs::file_type::regular)
      continue;
    if (const auto made = made_ms_of(each->path().string()))
      result.push_back({name, from_ms(*made), from_ms(*made) > now + small_step});
  }
  std::sort(result.begin(), result.end(), [](const found_backup& first, const found_backup& second) {
    if (first.early != second.early)
      return second.early;
    return first.made != second.made ? first.made > second.made : first.name > second.name;
  });
  return result;
}

std::vector<std::string> backups_to_delete(const std::vector<found_backup>& all, const std::string& made, size_t keep) {
  std::vector<std::string> result;
  bool is_older = false;
  for (size_t n = 0; n < all.size(); ++n) {
    if (is_older && n >= keep)
      result.push_back(all[n].name);
    is_older = is_older || all[n].name == made;
  }
  return result;
}

lines_of_file::lines_of_file(const std::string& path) {
  auto opened = open_regular_file(path); // it is read twice: checked first, loaded then
  if (const auto* why = std::get_if<std::string>(&opened))
    throw backup_error("it cannot be read: " + *why);
  file_ = std::get<file_handle>(std::move(opened));
}

bool lines_of_file::next(std::string& line) {
  line.clear();
  while (read_on()) {
    const auto rest = std::string_view(piece_).substr(taken_);
    const auto end = rest.find('\n');
    const auto size = end == rest.npos ? rest.size() : end + 1;
    if (line.size() + size > max_line)
      throw backup_error("it has a line that is longer than any of a backup");
    line += rest.substr(0, size);
    taken_ += size;
    if (end != rest.npos)
      return true;
  }
  return !line.empty();
}

// False at the file's end.
bool lines_of_file::read_on() {
  if (taken_ < piece_.size())
    return true;
  piece_.resize(bytes_at_once);
  piece_.resize(std::fread(piece_.data(), 1, piece_.size(), file_.get()));
  taken_ = 0;
  if (std::ferror(file_.get()))
    fail("it cannot be read");
  return !piece_.empty();
}

} // namespace salond::persistence
