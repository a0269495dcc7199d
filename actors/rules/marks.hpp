// Which private messages are to be marked as delivered, one write after the other. What the database refuses is tried
// one by one, so that one row which cannot be marked holds up no other; refused alone it is given up. Pure: the caller
// writes, says what came of it, and what time it is.
#pragma once
#include "protocol/words/ids.hpp"
#include "protocol/words/time.hpp"
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace salond::rules {

class marks {
public:
  /// Of one write: posts wait behind it.
  static constexpr size_t max_at_once = 512;

  void add(const std::vector<private_id>& which) { wanted_.insert(wanted_.end(), which.begin(), which.end()); }
  /// Whether it is not marked yet.
  bool has(private_id which) const { return stands_in(wanted_, which) || stands_in(open_, which); }

  /// What is to be written now; nothing where that is nothing, or the last write is not over.
  std::vector<private_id> begin(instant now) {
    if (now < not_before_ || !open_.empty() || wanted_.empty())
      return {};
    const auto count = alone_ == 0 ? std::min(wanted_.size(), max_at_once) : 1;
    alone_ -= std::min(alone_, count);
    const auto end = wanted_.begin() + static_cast<std::ptrdiff_t>(count);
    open_.assign(wanted_.begin(), end);
    wanted_.erase(wanted_.begin(), end);
    return open_;
  }
  void written() { open_.clear(); }
  /// The database is away. The caller begins again then, and nobody before.
  void failed(instant again_at) {
    alone_ += alone_ != 0 ? open_.size() : 0;
    put_back();
    not_before_ = again_at;
  }
  /// It has something against it. Answers what is given up.
  std::optional<private_id> refused() {
    if (open_.size() == 1) {
      const auto given_up = open_.front();
      open_.clear();
      return given_up;
    }
    alone_ = open_.size();
    put_back();
    return std::nullopt;
  }

private:
  static bool stands_in(const std::vector<private_id>& all, private_id which) {
    return std::find(all.begin(), all.end(), which) != all.end();
  }
  void put_back() {
    wanted_.insert(wanted_.begin(), open_.begin(), open_.end());
    open_.clear();
  }

  std::vector<private_id> wanted_, open_; ///< open: in a write that is not over
  size_t alone_ = 0;                      ///< so many of wanted_, from its front, are tried one by one
  instant not_before_{};
};

} // namespace salond::rules
