#include "actors/rules/cluster/subscription.hpp"
#include <algorithm>

namespace salond::rules::cluster {

attach subscription::ask() {
  detach();
  phase_ = phase::asking;
  return {salon_, ++question_};
}

std::optional<subscription::range> subscription::answered(const attached& answer) {
  if (phase_ != phase::asking || answer.question != question_ || answer.epoch < epoch_)
    return std::nullopt;
  phase_ = phase::reading;
  epoch_ = answer.epoch;
  return range{question_, told_, answer.last_seq};
}

bool subscription::caught_up(const range& read) {
  if (phase_ != phase::reading || read.question != question_)
    return false;
  phase_ = phase::following;
  told_ = std::max(told_, read.to); // not the last that was read: that may have been deleted meanwhile
  return true;
}

subscription::verdict subscription::hear(batch& told) {
  if (phase_ == phase::detached)
    return verdict::nothing;
  if (phase_ != phase::following) {
    if (kept_.size() >= max_kept)
      return verdict::again;
    kept_.push_back(std::move(told));
    return verdict::nothing;
  }
  if (told.epoch < epoch_)
    return verdict::nothing;
  if (told.epoch != epoch_ || told_ < told.before)
    return verdict::again;
  const auto fresh =
      std::find_if(told.rows.begin(), told.rows.end(), [this](const auto& row) { return told_ < row.seq; });
  told.rows.erase(told.rows.begin(), fresh);
  if (!told.rows.empty())
    told_ = told.rows.back().seq;
  return verdict::tell;
}

bool subscription::hear(const attach_again& again) {
  if (phase_ == phase::detached || (again.epoch.value != 0 && again.epoch < epoch_))
    return false;
  return phase_ == phase::asking || again.epoch.value != 0;
}

void subscription::detach() {
  phase_ = phase::detached;
  kept_.clear();
}

} // namespace salond::rules::cluster
