#include "tests/support/temporary_folder.hpp"
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace salond::support {

temporary_folder::temporary_folder() {
  auto pattern = (std::filesystem::temp_directory_path() / "salond-XXXXXX").string();
  if (!mkdtemp(pattern.data()))
    throw std::system_error(errno, std::generic_category(), "mkdtemp");
  path_ = std::filesystem::canonical(pattern);
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

} // namespace salond::support
