// Answers as people read them: tables and lines out of JSON.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace salonctl {

using json = nlohmann::ordered_json;

/// A list of objects as a table, an object as lines `name: value`, with what is in it below. What a terminal would obey
/// is escaped.
std::string to_text(const json& answer);

/// A line of the audit log: `name="value" …`, escaped as the server's log is.
std::string log_line(const json& line);

/// Lines for a person, with what a terminal would obey escaped.
std::string for_terminal(std::string_view lines);

/// The first columns of a line, as many as `columns`; what is cut ends in "…".
std::string cut_to_columns(const std::string& line, size_t columns);

/// JSON as it may stand on a terminal: the same, in ASCII.
std::string json_for_terminal(const std::string& answer);

/// How far a command is, on one line: "rows 12000, of 50000".
std::string progress_line(const json& how_far);

/// What has changed between two samples of `watch`, `seconds` apart, on one line.
std::string watch_line(const json& before, const json& now, double seconds);
/// The same as a screen of so many lines: totals, rates, latencies, queues, the busiest salons.
std::string watch_screen(const json& before, const json& now, double seconds, size_t lines);

} // namespace salonctl
