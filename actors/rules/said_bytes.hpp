// What was said to a client, counted in bytes: how much of what it has not taken are answers to itself, and what it has
// taken. What others say has a bound at which the client is cut off; an answer is given when there is room for it,
// and never is a reason to cut anybody off (docs/decisions/0014-handing-out.md).
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace salond::rules {

/// Pure: the caller says how much waits now. What joins or seals the bytes on their way may add some to what waits;
/// then a little more counts as waiting than does, until nothing waits.
class said_bytes {
public:
  void others_said(size_t bytes) { said_ += bytes; }
  void answered(size_t bytes) {
    if (bytes == 0)
      return;
    if (!answers_.empty() && answers_.back().end == said_)
      answers_.back().end += bytes;
    else
      answers_.push_back({said_, said_ + bytes});
    said_ += bytes;
  }

  /// All that was ever said.
  uint64_t said() const { return said_; }
  /// As much of it as the client has taken. `unsent`: what waits now.
  uint64_t taken(size_t unsent) const { return said_ - std::min<uint64_t>(said_, unsent); }

  /// How much of what waits is not answers.
  size_t unsent_of_others(size_t unsent) {
    if (answers_.empty())
      return unsent;
    const auto taken_now = taken(unsent);
    forget_until(taken_now);
    uint64_t answers = 0;
    for (auto at = first_; at < answers_.size(); ++at)
      answers += answers_[at].end - std::max(answers_[at].begin, taken_now);
    return unsent - static_cast<size_t>(std::min<uint64_t>(answers, unsent));
  }

private:
  struct span {
    uint64_t begin = 0, end = 0;
  };

  void forget_until(uint64_t taken_now) {
    while (first_ < answers_.size() && answers_[first_].end <= taken_now)
      ++first_;
    if (first_ == answers_.size()) {
      answers_.clear();
      first_ = 0;
    } else if (first_ > answers_.size() / 2) { // moved once on average
      answers_.erase(answers_.begin(), answers_.begin() + static_cast<std::ptrdiff_t>(first_));
      first_ = 0;
    }
  }

  uint64_t said_ = 0;
  std::vector<span> answers_; ///< in their order, from first_ on
  size_t first_ = 0;
};

} // namespace salond::rules
