#include "actors/transport/bindings.hpp"

namespace salond {
namespace {

constexpr std::chrono::minutes kept_after_closing{1};

} // namespace

std::optional<peer> bindings::who(const caf::node_id& node) const {
  const std::lock_guard lock{guard_};
  const auto found = bound_.find(node);
  if (found == bound_.end() || found->second.open == 0)
    return std::nullopt;
  return found->second.whom;
}

bool bindings::bind(const caf::node_id& node, const peer& whom, size_t max_open, time_point now) {
  const std::lock_guard lock{guard_};
  forget_the_gone(now);
  const auto open = open_.find(whom.who());
  if (open != open_.end() && open->second >= max_open)
    return false;
  const auto found = bound_.find(node);
  if (found != bound_.end() && found->second.whom.who() != whom.who())
    return false;
  auto& bound = bound_[node];
  bound.whom = whom;
  ++bound.open;
  ++open_[whom.who()];
  return true;
}

void bindings::unbind(const caf::node_id& node, time_point now) {
  const std::lock_guard lock{guard_};
  const auto found = bound_.find(node);
  if (found == bound_.end() || found->second.open == 0)
    return;
  auto& bound = found->second;
  const auto open = open_.find(bound.whom.who());
  if (--open->second == 0)
    open_.erase(open);
  if (--bound.open > 0)
    return;
  bound.closed = now;
  gone_.emplace_back(now, node);
}

void bindings::forget_the_gone(time_point now) {
  while (!gone_.empty() && gone_.front().first + kept_after_closing < now) {
    const auto found = bound_.find(gone_.front().second);
    if (found != bound_.end() && found->second.open == 0 && found->second.closed + kept_after_closing < now)
      bound_.erase(found);
    gone_.pop_front();
  }
}

} // namespace salond
