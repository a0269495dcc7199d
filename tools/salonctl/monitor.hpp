// `salonctl check`, as monitoring programs want it: one line on standard output, and a status of their convention.
#pragma once
#include "tools/salonctl/options.hpp"

namespace salonctl {

/// 0 OK, 1 WARNING, 2 CRITICAL (a server that cannot be reached, too), 3 UNKNOWN: it could not be asked, or the
/// line not be written. Never throws.
int monitor(const options& asked);

} // namespace salonctl
