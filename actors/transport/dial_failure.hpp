// Why a connection that we opened failed. The kinds are told apart so that a person knows what to do about it.
#pragma once
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace salond {

enum class dial_fault : uint8_t {
  unreachable,    ///< nothing listens there, or no such host
  filtered,       ///< no answer to the first packet
  mute,           ///< accepts and says nothing in time
  other_protocol, ///< something else listens there
  not_allowed,    ///< one of the two certificates is refused: authority, dates, revocation, kind
  lost,           ///< closed before we were in; trying again may help
};

struct dial_failure {
  dial_fault kind = dial_fault::lost;
  std::string text; ///< a short English phrase, without the address
};

/// Takes the reason from the I/O thread to the thread that waits. The first reason counts.
class dial_report {
public:
  void set(dial_failure why) {
    const std::lock_guard lock{guard_};
    if (!why_)
      why_ = std::move(why);
  }
  std::optional<dial_failure> get() const {
    const std::lock_guard lock{guard_};
    return why_;
  }

private:
  mutable std::mutex guard_;
  std::optional<dial_failure> why_;
};

} // namespace salond
