#include "actors/rules/cluster/membership.hpp"
#include <algorithm>

namespace salond::rules::cluster {

std::vector<membership::lost> membership::round_succeeded(instant began, instant ended, std::vector<node_row> rows) {
  const bool anew = has_gap(ended);
  gap_ = false;
  last_round_ = began;
  last_end_ = ended;
  others_beat_since_.reset();
  for (auto& row : rows)
    if (const auto* known = find(rows_, row.id))
      row.gone = row.gone || known->gone;
  rows_ = std::move(rows);
  std::vector<lost> found;
  for (const auto& row : rows_) {
    if (row.id == self_)
      gone_ = gone_ || row.gone;
    else if (!row.gone)
      watch(row, anew, began, ended, found);
  }
  const auto over = [this](const still& watched) {
    const auto* row = find(rows_, watched.node);
    return !row || row->gone;
  };
  watched_.erase(std::remove_if(watched_.begin(), watched_.end(), over), watched_.end());
  return found;
}

void membership::watch(const node_row& row, bool anew, instant began, instant ended, std::vector<lost>& found) {
  const auto known =
      std::find_if(watched_.begin(), watched_.end(), [&row](const still& watched) { return watched.node == row.id; });
  if (known == watched_.end()) {
    watched_.push_back({row.id, row.beat, 0, ended});
  } else if (anew || known->beat != row.beat) {
    *known = {row.id, row.beat, 0, ended};
  } else if (++known->rounds >= lost_rounds && began - known->since >= lost_after) {
    found.push_back({row.id, row.beat}); // from the end of one reading to the beginning of another: at least so long
  }
}

void membership::found_gone(node_id which) {
  gone_ = gone_ || which == self_;
  for (auto& row : rows_)
    row.gone = row.gone || row.id == which;
}

void membership::hear_peer(bool beats, instant now) {
  if (!beats || now - last_round_ < doubt_after)
    return;
  if (!others_beat_since_ || now - others_beat_at_ > word_holds)
    others_beat_since_ = now;
  others_beat_at_ = now;
}

bool membership::knows_gone(node_id which) const {
  if (const auto* row = find(rows_, which))
    return row->gone;
  return std::any_of(rows_.begin(), rows_.end(), [which](const node_row& row) { return which < row.id; });
}

int membership::rounds_without_beat(node_id which) const {
  const auto known =
      std::find_if(watched_.begin(), watched_.end(), [which](const still& watched) { return watched.node == which; });
  return known == watched_.end() ? 0 : known->rounds;
}

membership::standing membership::standing_at(instant now) const {
  if (gone_)
    return standing::gone;
  if (now - last_round_ < doubt_after)
    return standing::fine;
  const bool others_beat = others_beat_since_ && now - others_beat_at_ <= word_holds;
  return others_beat && now - *others_beat_since_ >= patience ? standing::closing : standing::doubtful;
}

} // namespace salond::rules::cluster
