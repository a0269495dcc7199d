// Whether the tests were built with a sanitizer, which takes many times the time and the memory: what a test says about
// these two holds without one alone.
#pragma once

namespace salond::support {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

} // namespace salond::support
