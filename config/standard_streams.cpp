#include "config/standard_streams.hpp"
#include <fcntl.h>
#include <initializer_list>
#include <unistd.h>

namespace salond {

void hold_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0)
      continue;
    // The lowest free number is this one's, since those below are held. The direction is the wrong one, so that use
    // fails.
    if (::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY) != stream)
      ::_exit(1); // without /dev/null nothing can be kept apart, and nobody can be told
  }
}

} // namespace salond
