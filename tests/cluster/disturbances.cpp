#include "tests/cluster/disturbances.hpp"
#include <algorithm>

namespace salond::faults {
namespace {

template <class Span>
bool overlaps(const Span& one, int64_t from, int64_t to) {
  return one.from <= to && one.to >= from;
}

} // namespace

disturbances::disturbances(const std::vector<event>& record) {
  for (const auto& one : record) {
    if (one.what == kind::down)
      all_.push_back({one.node, one.where, one.at_us, never});
    if (one.what != kind::up)
      continue;
    for (auto& begun : all_)
      if (begun.to == never && begun.node == one.node && begun.what == one.where)
        begun.to = one.at_us;
  }
}

bool disturbances::stops(const span& one, const std::string& node) {
  return one.what == "database" || (one.node == node && one.what != "links");
}

bool disturbances::any(int64_t from, int64_t to) const {
  return std::any_of(all_.begin(), all_.end(), [&](const span& one) { return overlaps(one, from, to); });
}

bool disturbances::loss(int64_t from, int64_t to) const {
  return std::any_of(all_.begin(), all_.end(), [&](const span& one) {
    return (one.what == "node" || one.what == "cut") && overlaps(one, from, to);
  });
}

bool disturbances::links(int64_t from, int64_t to) const {
  return std::any_of(all_.begin(), all_.end(),
                     [&](const span& one) { return one.what == "links" && overlaps(one, from, to); });
}

bool disturbances::of_node(const std::string& node, int64_t from, int64_t to) const {
  return std::any_of(all_.begin(), all_.end(),
                     [&](const span& one) { return stops(one, node) && overlaps(one, from, to); });
}

int64_t disturbances::longest_calm(const std::string& node, int64_t from, int64_t to) const {
  int64_t longest = 0;
  for (const auto& one : all_) {
    if (!stops(one, node) || !overlaps(one, from, to))
      continue;
    longest = std::max(longest, one.from - from);
    from = std::max(from, one.to);
  }
  return std::max(longest, to - from);
}

} // namespace salond::faults
