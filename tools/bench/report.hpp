// Results: JSON lines as they come, a table at the end, and the generated part of docs/performance.md with its plots.
#pragma once
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace salond::bench {

/// One result, flat: what was done, what came out.
using result_line = nlohmann::ordered_json;

/// Where and what: goes into every line.
result_line surroundings(const std::string& note);

class journal {
public:
  /// Lines are appended to `file`; "" keeps them here only.
  journal(const std::string& file, result_line common);
  void write(const result_line& line);
  const std::vector<result_line>& lines() const { return lines_; }

private:
  std::ofstream file_;
  result_line common_;
  std::vector<result_line> lines_;
};

std::vector<result_line> read_lines(const std::string& file);

/// One row for each scenario, phase and server, with medians where something was repeated; Markdown.
std::string table(const std::vector<result_line>& lines);

/// True when no message was lost, doubled, altered or out of order.
bool faultless(const std::vector<result_line>& lines);

/// Replaces what stands between the markers in FOLDER/performance.md, and the plots in FOLDER/performance/.
void write_documents(const std::vector<result_line>& lines, const std::string& folder);

} // namespace salond::bench
