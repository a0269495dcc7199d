// Names that nobody is given: those of operators, and what looks like them (docs/decisions/0013-lookalikes.md).
#pragma once
#include "protocol/words/lookalikes.hpp"
#include <algorithm>
#include <string>
#include <vector>

namespace salond::rules {

class reserved_names {
public:
  /// These, and no others any more.
  void set(const std::vector<std::string>& names) {
    looks_.clear();
    for (const auto& name : names)
      looks_.push_back(skeletons_of(name));
  }
  bool has(const std::string& name) const {
    const auto looks = skeletons_of(name);
    return std::any_of(looks_.begin(), looks_.end(), [&](const skeletons& other) { return look_alike(other, looks); });
  }

private:
  std::vector<skeletons> looks_;
};

} // namespace salond::rules
