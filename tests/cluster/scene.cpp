#include "tests/cluster/scene.hpp"
#include <algorithm>

namespace salond::faults {

void scene::open(const door& door) {
  close(door.node);
  const std::lock_guard lock{guard_};
  doors_.push_back(door);
}

void scene::close(const std::string& node) {
  const std::lock_guard lock{guard_};
  doors_.erase(std::remove_if(doors_.begin(), doors_.end(), [&](const door& door) { return door.node == node; }),
               doors_.end());
}

std::optional<door> scene::any_door(std::mt19937_64& random) {
  const std::lock_guard lock{guard_};
  if (doors_.empty())
    return std::nullopt;
  return doors_[random() % doors_.size()];
}

} // namespace salond::faults
