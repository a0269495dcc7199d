// Where a benchmark keeps what it makes.
#pragma once
#include <filesystem>
#include <string>

namespace salond::bench {

/// A folder of our own, gone with the object. Its name is short, since the path of a unix socket is.
class work_folder {
public:
  work_folder();
  work_folder(const work_folder&) = delete;
  work_folder& operator=(const work_folder&) = delete;
  ~work_folder();
  std::string file(const std::string& name) const { return (path_ / name).string(); }
  /// What a file in it holds.
  std::string contents(const std::string& name) const;

private:
  std::filesystem::path path_;
};

} // namespace salond::bench
