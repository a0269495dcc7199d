#include "tools/bench/plot.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace salond::bench {
namespace {

constexpr double width = 760, height = 420, left = 80, right = 170, top = 40, bottom = 56;
// Told apart by people who see no red or green, too.
constexpr std::array<const char*, 6> colours{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"};

struct scale {
  double from = 0, to = 1;
  bool log = false;
  double place(double value) const {
    return log ? (std::log10(value) - std::log10(from)) / (std::log10(to) - std::log10(from))
               : (value - from) / (to - from);
  }
};

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value >= 1e5 ? "%.0f" : "%.6g", value);
  return text;
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const auto c : text)
    out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string{c};
  return out;
}

/// The range of the values, and the marks of an axis that has none.
scale measure(axis& on, const std::vector<curve>& curves, bool horizontal) {
  auto least = 1e300, most = -1e300;
  for (const auto& line : curves)
    for (const auto& [x, y] : line.points) {
      least = std::min(least, horizontal ? x : y);
      most = std::max(most, horizontal ? x : y);
    }
  scale result{on.log ? std::pow(10, std::floor(std::log10(least))) : 0,
               on.log ? std::pow(10, std::ceil(std::log10(most))) : most * 1.05, on.log};
  if (!on.marks.empty())
    result = {on.marks.front().first, on.marks.back().first, on.log};
  else if (on.log)
    for (auto at = result.from; at <= result.to * 1.01; at *= 10)
      on.marks.emplace_back(at, number(at));
  else
    for (int i = 0; i <= 5; ++i)
      on.marks.emplace_back(result.to * i / 5, number(std::round(result.to * i / 5 * 100) / 100));
  return result;
}

std::string text_at(double x, double y, const char* anchor, const std::string& text, const std::string& more = {}) {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + anchor + "\"" + more + ">"
         + escaped(text) + "</text>\n";
}

std::string line_at(double x1, double y1, double x2, double y2) {
  return "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) + "\" y2=\"" + number(y2)
         + "\" stroke=\"#ccc\"/>\n";
}

} // namespace

std::string plot(const std::string& title, axis x, axis y, const std::vector<curve>& curves) {
  const auto wide = measure(x, curves, true), high = measure(y, curves, false);
  const auto at_x = [&](double value) { return left + wide.place(value) * (width - left - right); };
  const auto at_y = [&](double value) { return height - bottom - high.place(value) * (height - top - bottom); };
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"760\" height=\"420\" font-family=\"sans-serif\" "
                    "font-size=\"12\">\n<rect width=\"760\" height=\"420\" fill=\"white\"/>\n";
  out += text_at(left, 22, "start", title, " font-size=\"15\"");
  for (const auto& [value, name] : x.marks)
    out += line_at(at_x(value), top, at_x(value), height - bottom)
           + text_at(at_x(value), height - bottom + 16, "middle", name);
  for (const auto& [value, name] : y.marks)
    out += line_at(left, at_y(value), width - right, at_y(value)) + text_at(left - 6, at_y(value) + 4, "end", name);
  out += text_at((left + width - right) / 2, height - 12, "middle", x.title);
  out += text_at(0, 0, "middle", y.title,
                 " transform=\"translate(16 " + number((top + height - bottom) / 2) + ") rotate(-90)\"");
  for (size_t i = 0; i < curves.size(); ++i) {
    const std::string colour = colours[i % colours.size()];
    out += "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"" + colour + "\" points=\"";
    for (const auto& [px, py] : curves[i].points)
      out += number(std::round(at_x(px) * 10) / 10) + "," + number(std::round(at_y(py) * 10) / 10) + " ";
    out += "\"/>\n"
           + text_at(width - right + 12, top + 14 + 18 * static_cast<double>(i), "start", curves[i].name,
                     " fill=\"" + colour + "\"");
  }
  return out + "</svg>\n";
}

} // namespace salond::bench
