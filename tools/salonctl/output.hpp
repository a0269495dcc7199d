// What salonctl answers on standard output. An answer that the disk or a pipe did not take is no answer.
#pragma once
#include <string_view>

namespace salonctl {

/// Writes it at once.
void put_out(std::string_view text);

/// Whether all was written. Where something was not, standard error is told so, with the reason of the first time.
bool all_put_out();

} // namespace salonctl
