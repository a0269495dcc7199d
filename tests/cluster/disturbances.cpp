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
  for (const auto& each : record) {
    if (each.type == kind::down)
      all_.push_back({each.node, each.where, each.at_us, never});
    if (each.type != kind::up)
      continue;
    for (auto& begun : all_)
      if (begun.to == never && begun.node == each.node && begun.trouble == each.where)
        begun.to = each.at_us;
  }
}

bool disturbances::stops(const span& span, const std::string& node) {
  return span.trouble == "database" || (span.node == node && span.trouble != "links");
}

bool disturbances::any(int64_t from, int64_t to) const {
  return std::any_of(all_.begin(), all_.end(), [&](const span& span) { return overlaps(span, from, to); });
}

bool disturbances::loss(int64_t from, int64_t to) const {
  return std::any_of(all_.begin(), all_.end(), [&](const span& span) {
    return (span.trouble == "node" || span.trouble == "cut") && overlaps(span, from, to);
  });
}

bool disturbances::links(int64_t from, int64_t to) const {
  return std::any_of(all_.begin(), all_.end(),
                     [&](const span& span) { return span.trouble == "links" && overlaps(span, from, to); });
}

bool disturbances::of_node(const std::string& node, int64_t from, int64_t to) const {
  return std::any_of(all_.begin(), all_.end(),
                     [&](const span& span) { return stops(span, node) && overlaps(span, from, to); });
}

int64_t disturbances::longest_calm(const std::string& node, int64_t from, int64_t to) const {
  int64_t longest = 0;
  for (const auto& each : all_) {
    if (!stops(each, node) || !overlaps(each, from, to))
      continue;
    longest = std::max(longest, each.from - from);
    from = std::max(from, each.to);
  }
  return std::max(longest, to - from);
}

} // namespace salond::faults
