#include "actors/rules/cluster/entrance.hpp"
#include <algorithm>
#include <utility>

namespace salond::rules::cluster {

void entrance::round(const std::vector<node_id>& others, instant now) {
  if (seconds_ == 0 || now - counted_ >= std::chrono::seconds{1}) { // there may be more rounds than one a second
    ++seconds_;
    counted_ = now;
  }
  auto before = std::exchange(misses_, {});
  for (const auto other : others)
    misses_[other] = std::move(before[other]);
}

void entrance::missed(node_id by, const std::string& why) {
  const auto known = misses_.find(by);
  if (known == misses_.end())
    return;
  known->second = why;
  ++tries_[by];
}

bool entrance::all_have_tried() const {
  return std::all_of(misses_.begin(), misses_.end(), [this](const auto& miss) {
    const auto tries = tries_.find(miss.first);
    return tries != tries_.end() && tries->second >= max_tries;
  });
}

entrance::verdict entrance::now() const {
  if (reached_ || (seconds_ != 0 && misses_.empty()))
    return verdict::serves;
  return seconds_ != 0 && (seconds_ > max_seconds || all_have_tried()) ? verdict::refused : verdict::waits;
}

} // namespace salond::rules::cluster
