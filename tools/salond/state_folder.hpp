// The folder where salond keeps what is its own: the lock, the first password, by default the database.
#pragma once
#include <optional>
#include <string>

namespace salond {

/// The state folder, locked against a second salond while this lives. It is made with mode 0700 where it is missing,
/// and so is each folder above it that is; one that is there and that others may enter is left so, with a warning.
class state_folder {
public:
  /// Throws std::runtime_error with a sentence for people: cannot be made, or another salond has it.
  explicit state_folder(const std::string& path);
  ~state_folder();
  state_folder(const state_folder&) = delete;
  state_folder& operator=(const state_folder&) = delete;

  /// Keeps the administrator's first password, for its owner alone; an older one (of another database) goes to
  /// `admin.password.old`. Throws std::runtime_error: then what was there is there still.
  void keep_password(const std::string& password) const;
  /// What names this folder among the state folders of all machines, and no copy of it: made once, kept in it. Throws
  /// std::runtime_error.
  std::string identity() const;
  std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
  std::string path_;
  int lock_ = -1;
};

/// Why no folder can be there: something else has its place. Nothing is made. What cannot be seen, the start says.
std::optional<std::string> fault_of_state_folder(const std::string& path);

} // namespace salond
