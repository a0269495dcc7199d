// Refusals between actors: a fault as CAF's error, and back.
#pragma once
#include "protocol/words/fault.hpp"
#include <caf/all.hpp>

namespace salond {

/// A fault as CAF's error; fault_of() finds it again.
caf::error make_error(fault why);

/// The fault for an error of a request: our own, or storage for an actor that is gone.
fault fault_of(const caf::error& why);

} // namespace salond
