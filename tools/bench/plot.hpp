// A line plot as SVG, without help from outside.
#pragma once
#include <string>
#include <utility>
#include <vector>

namespace salond::bench {

struct curve {
  std::string name;
  std::vector<std::pair<double, double>> points; ///< in the order of x
};

/// Both axes are logarithmic where `log`; values are then positive.
struct axis {
  std::string title;
  bool log = false;
  /// Where lines are drawn, and what is written there; empty: found from the values.
  std::vector<std::pair<double, std::string>> marks;
};

std::string plot(const std::string& title, axis x, axis y, const std::vector<curve>& curves);

} // namespace salond::bench
