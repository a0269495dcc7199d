#include "tools/salonctl/output.hpp"
#include <cerrno>
#include <cstring>
#include <iostream>

namespace salonctl {
namespace {

int first_error = 0; // what is asked of the system behind it leaves another errno

} // namespace

void put_out(std::string_view text) {
  errno = 0;
  if (!(std::cout << text << std::flush) && first_error == 0)
    first_error = errno != 0 ? errno : EIO;
}

bool all_put_out() {
  if (first_error != 0)
    std::cerr << "salonctl: the answer could not be written: " << std::strerror(first_error) << std::endl;
  return first_error == 0;
}

} // namespace salonctl
