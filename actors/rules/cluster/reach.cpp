#include "actors/rules/cluster/reach.hpp"
#include <algorithm>

namespace salond::rules::cluster {
namespace {

bool misses(const node_row& a, node_id b) {
  return std::find(a.unreached.begin(), a.unreached.end(), b) != a.unreached.end();
}

/// One side is enough: a link serves nobody when one of its ends is deaf.
bool apart(const node_row& a, const node_row& b) {
  return misses(a, b.id) || misses(b, a.id);
}

size_t broken_links(const node_row& of, const std::vector<const node_row*>& among) {
  return static_cast<size_t>(std::count_if(
      among.begin(), among.end(), [&of](const node_row* other) { return other->id != of.id && apart(of, *other); }));
}

} // namespace

reach::peer* reach::find_peer(node_id which) {
  for (auto& peer : peers_)
    if (peer.id == which)
      return &peer;
  return nullptr;
}

void reach::hear(node_id which, instant now) {
  auto* known = find_peer(which);
  if (!known) {
    peers_.push_back({which, now, now});
    return;
  }
  known->heard = now;
  if (!known->since)
    known->since = now;
}

void reach::lose(node_id which) {
  if (auto* known = find_peer(which))
    known->since.reset();
}

std::vector<node_id> reach::unreached(node_id self, const std::vector<node_row>& rows, instant now) {
  const auto over = [&rows](const peer& peer) {
    const auto* row = find(rows, peer.id);
    return !row || row->gone;
  };
  peers_.erase(std::remove_if(peers_.begin(), peers_.end(), over), peers_.end());
  std::vector<node_id> result;
  for (const auto& row : rows) {
    if (row.id == self || row.gone)
      continue;
    const auto* known = find_peer(row.id);
    if (!known)
      peers_.push_back({row.id, now, std::nullopt}); // from now on it should be heard
    else if (now - known->heard >= unreached_after)
      result.push_back(row.id);
  }
  return result;
}

bool reach::holds(node_id self, const std::vector<node_row>& rows, instant now) const {
  return std::all_of(rows.begin(), rows.end(), [&](const node_row& row) {
    if (row.id == self || !serves(row))
      return true;
    const auto known =
        std::find_if(peers_.begin(), peers_.end(), [&row](const peer& peer) { return peer.id == row.id; });
    return known != peers_.end() && known->since && now - *known->since >= holds_after;
  });
}

std::vector<node_id> who_steps_aside(const std::vector<node_row>& rows) {
  std::vector<const node_row*> serving;
  for (const auto& row : rows)
    if (serves(row))
      serving.push_back(&row);
  std::vector<node_id> result;
  for (;;) {
    const node_row* worst = nullptr;
    size_t most = 0;
    for (const auto* row : serving) {
      const auto broken = broken_links(*row, serving);
      if (broken > most || (broken == most && worst && worst->id < row->id)) {
        worst = row;
        most = broken;
      }
    }
    if (!worst)
      return result;
    result.push_back(worst->id);
    serving.erase(std::find(serving.begin(), serving.end(), worst));
  }
}

bool may_return(const std::vector<node_row>& rows, node_id self) {
  const auto* own = find(rows, self);
  return own && std::none_of(rows.begin(), rows.end(), [own](const node_row& row) {
           return row.id != own->id && serves(row) && apart(*own, row);
         });
}

} // namespace salond::rules::cluster
