// Counts the bytes that were said to a client: how many it has taken, and how many of the others are answers to itself.
// What others say has a bound at which the client is cut off. An answer is given when there is room for it, and is
// never a reason to cut anybody off (docs/decisions/0014-handing-out.md).
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace salond::rules {

/// Pure: the caller says how many bytes wait now. Joining or sealing the bytes on their way may add some to those that
/// wait; then a little more counts as waiting than does, until nothing waits.
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
  /// As much of it as the client has taken. `unsent`: the bytes that wait now.
  uint64_t taken(size_t unsent) const { return said_ - std::min<uint64_t>(said_, unsent); }

  /// How many of the waiting bytes are not answers.
  size_t unsent_of_others(size_t unsent) {
    if (answers_.empty())
      return unsent;
    const auto taken_now = taken(unsent);
    forget_until(taken_now);
    uint64_t answers = 0;
    for (auto index = first_; index < answers_.size(); ++index)
      answers += answers_[index].end - std::max(answers_[index].begin, taken_now);
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
