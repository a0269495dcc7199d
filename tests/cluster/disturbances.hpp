// When what was not as it should be, by the record.
#pragma once
#include "tests/cluster/record.hpp"
#include <limits>

namespace salond::faults {

constexpr int64_t never = std::numeric_limits<int64_t>::max();

class disturbances {
public:
  explicit disturbances(const std::vector<event>& record);

  /// Whether anything was disturbed in that time.
  bool any(int64_t from, int64_t to) const;
  /// Whether a node was lost: it did not run, or did not reach the database.
  bool loss(int64_t from, int64_t to) const;
  /// Whether some node did not reach others.
  bool links(int64_t from, int64_t to) const;
  /// Whether that node did not run, or had no database.
  bool of_node(const std::string& node, int64_t from, int64_t to) const;
  /// The longest time in a row, between the two, in which that node ran and reached the database.
  int64_t longest_calm(const std::string& node, int64_t from, int64_t to) const;

private:
  struct span {
    std::string node, trouble;
    int64_t from, to;
  };
  static bool stops(const span& span, const std::string& node);

  std::vector<span> all_; ///< in the order in which they began
};

} // namespace salond::faults
