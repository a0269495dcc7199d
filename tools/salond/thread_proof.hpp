// Whether the system lets this process have its threads. CAF starts some of its own, and neither it nor we can go on,
// or go back, where one of them is refused in the middle.
#pragma once
#include <cstddef>

namespace salond {

/// What a sentence about a thread that is refused ends with.
inline constexpr const char* no_thread =
    "; no thread can be made: raise the limit (TasksMax= in the unit, ulimit -u) or the memory (ulimit -v)";

/// Threads of a running node besides those that hash passwords: CAF's own (two, a clock, the loop), the store's three,
/// the two that write log and output, and some to spare.
inline constexpr size_t threads_of_a_node = 12;

/// What a running node has mapped when nobody is connected, most of it room for the stacks and allocations of its
/// threads: 590 MiB were seen (glibc 2.36, SQLite). With less, this or that fails later, in a library.
inline constexpr size_t addresses_of_a_node = size_t{640} << 20;

/// Starts so many threads at once, and ends them. Throws std::runtime_error, with the limits that may be in the way,
/// where one of them is refused, or where fewer addresses are allowed than a node needs.
void prove_threads(size_t count);

} // namespace salond
