// Whether the system lets this process have its descriptors. What finds none in the middle of a start (a library that
// reads a file, a resolver) says something else about it, or nothing.
#pragma once
#include <cstddef>

namespace salond {

/// What is said about a descriptor that is refused.
inline constexpr const char* no_descriptor =
    "no descriptor is to be had: raise the limit of open files (LimitNOFILE= in the unit, ulimit -n)";

/// To read a configuration and certificates, and to look names up.
inline constexpr size_t descriptors_of_a_start = 8;
/// Of a running node besides its listeners: database, loop, admin port. A client needs one more.
inline constexpr size_t descriptors_of_a_node = 16;

/// Raises the limit as far as this process may, and sees whether so many more are to be had. Throws std::runtime_error,
/// with the limit that is in the way, where they are not.
void prove_descriptors(size_t count);

} // namespace salond
