// A bucket of tokens, the one measure of every rate: so many at once, and so many in time.
#pragma once
#include "protocol/words/time.hpp"
#include <algorithm>

namespace salond::rules {

/// How fast something may go on.
struct pace {
  double burst = 1;    ///< at once, after a rest
  double a_second = 1; ///< in the long run; greater than 0
};

/// Begins full. A level below nothing is a debt. Time pays that as well.
class token_bucket {
public:
  /// Tokens at `now`. The pace is given each time: it may have been changed meanwhile.
  double level(const pace& rate, instant now) {
    if (last_ == never) {
      tokens_ = rate.burst;
    } else if (now > last_) {
      tokens_ += std::chrono::duration<double>(now - last_).count() * rate.a_second;
    }
    last_ = std::max(last_, now);
    tokens_ = std::min(tokens_, rate.burst);
    return tokens_;
  }

  /// Takes a token if there is one.
  bool take(const pace& rate, instant now) {
    if (level(rate, now) < 1)
      return false;
    tokens_ -= 1;
    return true;
  }

  /// Takes `more`, be they there or not; gives them back when `more` is negative. REQUIRES: level() was asked before.
  void charge(double more) { tokens_ -= more; }
  /// The same, as far as that makes no greater debt than `most`.
  void charge(double more, double most) { tokens_ = std::min(tokens_, std::max(tokens_ - more, -most)); }

  /// How long until there is one.
  instant::duration until_one(const pace& rate, instant now) {
    const auto missing = 1 - level(rate, now);
    if (missing <= 0)
      return instant::duration{0};
    return std::chrono::duration_cast<instant::duration>(std::chrono::duration<double>(missing / rate.a_second));
  }

private:
  // In the place of a flag: a connection has several buckets.
  static constexpr instant never = instant::min();

  double tokens_ = 0;
  instant last_ = never; ///< when the level was last asked
};

} // namespace salond::rules
