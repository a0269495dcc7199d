// What the work of removing old messages goes by: how much at a time, when, and for which salons. Pure: the caller says
// what time it is.
#pragma once
#include "protocol/words/ids.hpp"
#include "protocol/words/retention_days.hpp"
#include "protocol/words/time.hpp"
#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace salond::rules {

/// How many messages go at once. A piece that took long, its commit included, makes the next one smaller: disks differ
/// by a hundred times, and posts wait for a piece.
class piece_size {
public:
  static constexpr size_t least = 50, most = 500;
  static constexpr auto short_time = std::chrono::milliseconds{8}, long_time = std::chrono::milliseconds{20};

  size_t now() const { return now_; }
  void took(std::chrono::microseconds time) {
    if (time > long_time)
      now_ = std::max(least, now_ / 2);
    else if (time < short_time)
      now_ = std::min(most, 2 * now_);
  }

private:
  size_t now_ = 100;
};

/// How long the others have their turn before the next piece: as long as the last one took, so that at most half of the
/// database's time goes into this.
inline std::chrono::microseconds pause_after(std::chrono::microseconds piece) {
  constexpr std::chrono::microseconds least = std::chrono::milliseconds{2}, most = std::chrono::seconds{1};
  return std::clamp(piece, least, most);
}

/// Whether a clock may say that messages are old. One that was set ahead may be wrong, and what was deleted does not
/// come back: so it has to go on by itself for an hour first.
class trusted_clock {
public:
  static constexpr auto jump = std::chrono::hours{1}, rest = std::chrono::hours{1};

  /// What the clock showed when it was last believed, before this process began. Called first, if at all.
  void begin(moment believed, instant steady) {
    is_known_ = true;
    wall_ = believed;
    steady_ = steady;
  }
  /// Called with each look at the clocks. False: nothing is to be removed now.
  bool look(moment wall, instant steady) {
    using std::chrono::milliseconds;
    const auto went = std::chrono::duration_cast<milliseconds>(steady - steady_);
    if (is_known_ && wall - wall_ - went > jump) {
      trusted_from_ = steady + rest;
      jumped_ = true;
    }
    is_known_ = true;
    wall_ = wall;
    steady_ = steady;
    return steady >= trusted_from_;
  }
  /// Whether it has jumped since this was asked last.
  bool take_jump() { return std::exchange(jumped_, false); }

private:
  bool is_known_ = false, jumped_ = false;
  moment wall_{};
  instant steady_{}, trusted_from_ = instant::min();
};

/// Whether this run of a node removes a salon's old messages: that with its home does. Where nobody who lives has it,
/// and for private messages, it is the oldest run that lives. Two that see this in different ways do no harm.
inline bool is_ours(int64_t home, int64_t own, const std::vector<int64_t>& living) {
  const auto lives = [&](int64_t run) { return std::find(living.begin(), living.end(), run) != living.end(); };
  if (lives(home))
    return home == own;
  return living.empty() || *std::min_element(living.begin(), living.end()) == own;
}

/// Which messages are too old; nothing: they are kept for good, as by any number of days that nobody can have given.
inline std::optional<moment> too_old(int64_t days, moment now) {
  if (days <= 0 || days > max_retention_days)
    return std::nullopt;
  return now - std::chrono::hours{24} * days;
}

} // namespace salond::rules
