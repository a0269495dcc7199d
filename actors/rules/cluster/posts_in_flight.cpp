#include "actors/rules/cluster/posts_in_flight.hpp"
#include <algorithm>

namespace salond::rules::cluster {
namespace {

/// Takes out, in order, those of which `leaves` says so.
template <class Leaves>
std::vector<posts_in_flight::entry> take_out(std::vector<posts_in_flight::entry>& from, Leaves leaves) {
  const auto first = std::stable_partition(from.begin(), from.end(), [&](const auto& entry) { return !leaves(entry); });
  std::vector<posts_in_flight::entry> result(std::make_move_iterator(first), std::make_move_iterator(from.end()));
  from.erase(first, from.end());
  return result;
}

} // namespace

std::optional<posts_in_flight::entry> posts_in_flight::stored(post_number which) {
  auto result = take(which);
  if (result)
    last_stored_ = std::max(last_stored_, which);
  return result;
}

std::optional<posts_in_flight::entry> posts_in_flight::take(post_number which) {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [which](const entry& entry) { return entry.number == which; });
  if (found == entries_.end())
    return std::nullopt;
  auto result = std::move(*found);
  entries_.erase(found);
  return result;
}

std::vector<posts_in_flight::entry> posts_in_flight::attached(const cluster::attached& answer) {
  home_ = chain{answer.epoch, answer.taken};
  const auto decided_up_to = std::max(answer.taken, last_stored_);
  return take_out(entries_, [&answer, decided_up_to](const entry& entry) {
    const auto& pending = answer.pending;
    return !(decided_up_to < entry.number) && std::find(pending.begin(), pending.end(), entry.number) == pending.end();
  });
}

std::vector<post> posts_in_flight::send(salon_id salon) {
  std::vector<post> result;
  if (!home_)
    return result;
  for (auto& entry : entries_) {
    if (!(home_->last < entry.number))
      continue;
    result.push_back({salon, home_->epoch, entry.number, home_->last, entry.author, entry.text, entry.author_name});
    home_->last = entry.number;
    entry.ever_sent = true;
  }
  return result;
}

std::vector<posts_in_flight::entry> posts_in_flight::expire(instant now) {
  return take_out(entries_, [now](const entry& entry) { return !entry.ever_sent && now - entry.since >= unsent_for; });
}

} // namespace salond::rules::cluster
