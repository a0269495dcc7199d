// A folder of one's own for a test.
#pragma once
#include <filesystem>

namespace salond::support {

/// A new empty folder that only its owner can enter; it goes with the object.
class temporary_folder {
public:
  temporary_folder();
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder();

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

private:
  std::filesystem::path path_;
};

} // namespace salond::support
