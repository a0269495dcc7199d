#include "actors/rules/cluster/homes.hpp"
#include <algorithm>

namespace salond::rules::cluster {
namespace {

/// Spreads bits (the finalizer of splitmix64): the same on all nodes and in all versions, as std::hash is not.
uint64_t mixed(uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9;
  x ^= x >> 27;
  x *= 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

struct share {
  const node_row* node;
  int64_t homes;
};

std::vector<share> shares_of(const std::vector<node_row>& rows) {
  std::vector<share> result;
  for (const auto& row : rows)
    if (serves(row))
      result.push_back({&row, row.homes});
  return result;
}

bool even(int64_t most, int64_t least) {
  return most <= least + least / 4 + 1;
}

} // namespace

uint64_t weight(salon_id salon, const std::string& node_name) {
  uint64_t hash = 0xcbf29ce484222325; // FNV-1a
  for (const char letter : node_name)
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
  return mixed(hash ^ mixed(static_cast<uint64_t>(salon.value)));
}

std::optional<node_id> choose_home(salon_id salon, const std::vector<node_row>& rows) {
  const auto serving = shares_of(rows);
  int64_t total = 1; // this one
  for (const auto& candidate : serving)
    total += candidate.homes;
  const auto count = static_cast<int64_t>(serving.size());
  const node_row* best = nullptr;
  uint64_t greatest = 0;
  for (const auto& candidate : serving) {
    const bool full = candidate.homes * 4 * count >= 5 * total && count > 1;
    const auto wanted = weight(salon, candidate.node->name);
    if (full || (best && wanted <= greatest))
      continue;
    best = candidate.node;
    greatest = wanted;
  }
  if (!best)
    return std::nullopt;
  return best->id;
}

std::optional<home_row> claimed(const std::optional<home_row>& now, bool holder_gone, node_id self) {
  if (!now)
    return home_row{self, {1}};
  if (now->node != self && !holder_gone)
    return std::nullopt;
  return home_row{self, {now->epoch.value + 1}};
}

std::vector<move> moves(node_id self, const std::vector<salon_id>& mine, const std::vector<node_row>& rows) {
  auto shares = shares_of(rows);
  const auto fewer = [](const share& a, const share& b) {
    return a.homes != b.homes ? a.homes < b.homes : a.node->id < b.node->id;
  };
  auto left = mine;
  std::vector<move> result;
  while (!shares.empty() && result.size() < max_moves && !left.empty()) {
    const auto [least, most] = std::minmax_element(shares.begin(), shares.end(), fewer);
    if (even(most->homes, least->homes))
      break;
    --most->homes;
    ++least->homes;
    if (most->node->id != self)
      continue;
    const auto& name = least->node->name;
    const auto wanted = std::max_element(left.begin(), left.end(),
                                         [&name](salon_id a, salon_id b) { return weight(a, name) < weight(b, name); });
    result.push_back({*wanted, least->node->id});
    left.erase(wanted);
  }
  return result;
}

} // namespace salond::rules::cluster
