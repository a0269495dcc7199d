#include "tools/bench/work_folder.hpp"
#include <cstdlib>
#include <fstream>
#include <system_error>

namespace salond::bench {

work_folder::work_folder() {
  auto name = (std::filesystem::temp_directory_path() / "sbXXXXXX").string();
  if (!::mkdtemp(name.data()))
    throw std::system_error(errno, std::generic_category(), name);
  path_ = name;
}

work_folder::~work_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string work_folder::contents(const std::string& name) const {
  std::ifstream in(path_ / name);
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace salond::bench
