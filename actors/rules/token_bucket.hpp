// So much at once, and so much in time: the one measure of every rate.
#pragma once
#include "protocol/words/time.hpp"
#include <algorithm>

namespace salond::rules {

/// How fast something may go on.
struct pace {
  double burst = 1;    ///< at once, after a rest
  double a_second = 1; ///< in the long run; greater than 0
};

/// Begins full. Below nothing is a debt, which time pays as well.
class token_bucket {
public:
  /// Tokens at `now`. The pace is given each time: it may have been changed meanwhile.
  double level(const pace& how, instant now) {
    if (fresh_) {
      tokens_ = how.burst;
      fresh_ = false;
    } else if (now > at_) {
      tokens_ += std::chrono::duration<double>(now - at_).count() * how.a_second;
    }
    at_ = std::max(at_, now);
    tokens_ = std::min(tokens_, how.burst);
    return tokens_;
  }

  /// Takes a token if there is one.
  bool take(const pace& how, instant now) {
    if (level(how, now) < 1)
      return false;
    tokens_ -= 1;
    return true;
  }

  /// Takes `more`, be they there or not; gives them back when `more` is negative. REQUIRES: level() was asked before.
  void charge(double more) { tokens_ -= more; }
  /// The same, as far as that makes no greater debt than `most`.
  void charge(double more, double most) { tokens_ = std::min(tokens_, std::max(tokens_ - more, -most)); }

  /// How long until there is one.
  instant::duration until_one(const pace& how, instant now) {
    const auto missing = 1 - level(how, now);
    if (missing <= 0)
      return instant::duration{0};
    return std::chrono::duration_cast<instant::duration>(std::chrono::duration<double>(missing / how.a_second));
  }

private:
  double tokens_ = 0;
  instant at_{};
  bool fresh_ = true;
};

} // namespace salond::rules
