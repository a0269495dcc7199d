// What people mean by a time that they type.
#pragma once
#include "protocol/words/time.hpp"
#include <optional>
#include <string>

namespace salond {

/// "90s", "15m", "2h", "7d": how long that is. Nothing where it is none, or ten thousand years and more.
std::optional<std::chrono::seconds> duration_meant(const std::string& text);

/// What an operator means by "2026-11-25", "2026-11-25T12:00[:00]" (UTC, a Z may follow), or "90s", "15m", "2h", "7d"
/// before `now`. Nothing where it is none of them: a year of two digits, a day that no month has, a space in front.
std::optional<moment> time_meant(const std::string& text, moment now);

} // namespace salond
