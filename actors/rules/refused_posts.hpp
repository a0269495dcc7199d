// Posts that the database refused, of late: nobody but their authors heard of them.
#pragma once
#include "protocol/words/time.hpp"
#include <cstddef>
#include <optional>

namespace salond::rules {

class refused_posts {
public:
  static constexpr auto of_late = std::chrono::minutes{5};

  void add(instant now) {
    count_ = count(now) + 1;
    last_ = now;
  }
  /// How many, with no `of_late` between two of them, nor since the last.
  size_t count(instant now) const { return last_ && now - *last_ < of_late ? count_ : 0; }

private:
  size_t count_ = 0;
  std::optional<instant> last_;
};

} // namespace salond::rules
