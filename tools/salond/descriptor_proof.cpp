#include "tools/salond/descriptor_proof.hpp"
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace salond {

void prove_descriptors(size_t count) {
  rlimit have{};
  if (::getrlimit(RLIMIT_NOFILE, &have) == 0) {
    have.rlim_cur = have.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &have);
  }
  std::vector<int> taken;
  taken.reserve(count);
  while (taken.size() < count) {
    const int next = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    if (next < 0)
      break;
    taken.push_back(next);
  }
  for (const int each : taken)
    ::close(each);
  if (taken.size() < count)
    throw std::runtime_error("only " + std::to_string(taken.size()) + " of " + std::to_string(count)
                             + " descriptors that the server needs are left; " + no_descriptor);
}

} // namespace salond
