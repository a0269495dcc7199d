// The folder where salond keeps what is its own: the lock, the first password, by default the database.
#pragma once
#include <string>

namespace salond {

/// The state folder, made with mode 0700 where it is missing, and locked against a second salond while this lives.
class state_folder {
public:
  /// Throws std::runtime_error with a sentence for people: cannot be made, or another salond has it.
  explicit state_folder(const std::string& path);
  ~state_folder();
  state_folder(const state_folder&) = delete;
  state_folder& operator=(const state_folder&) = delete;

  /// Replaces the file by one that only its owner can read. Throws std::runtime_error.
  void write_secret(const std::string& name, const std::string& content) const;
  std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
  std::string path_;
  int lock_ = -1;
};

} // namespace salond
