#include "tests/support/transcript.hpp"
#include "tests/support/process.hpp"
#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace salond::support {
namespace {

using kind = transcript::step::kind;

struct phrase {
  const char* before;
  const char* after; ///< the name stands in between; null: there is no name
  kind type;
};
constexpr phrase phrases[] = {
    {"the server stops", nullptr, kind::server_stops},
    {"the server is killed", nullptr, kind::server_is_killed},
    {"the server starts", nullptr, kind::server_starts},
    {"an operator kicks ", "", kind::operator_kicks},
    {"an operator unbans ", "", kind::operator_unbans},
    {"", " is registered", kind::registered},
    {"", " is logged in", kind::logged_in},
    {"", " silence", kind::silence},
    {"", " closed", kind::closed},
    {"", " ends", kind::ends},
    {"", " leaves", kind::leaves},
};

bool begins_with(const std::string& text, const std::string& prefix) {
  return text.compare(0, prefix.size(), prefix) == 0;
}

bool ends_with(const std::string& text, const std::string& suffix) {
  return text.size() >= suffix.size() && text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0;
}

/// `who> text` or `who< text`.
bool read_utterance(const std::string& line, transcript::step& into) {
  const auto mark = line.find_first_of("<> ");
  if (mark == std::string::npos || mark == 0 || line[mark] == ' ')
    return false;
  into.type = line[mark] == '>' ? kind::says : kind::hears;
  into.who = line.substr(0, mark);
  into.text = line.substr(mark + 1 + (line.compare(mark + 1, 1, " ") == 0 ? 1 : 0));
  return true;
}

bool read_phrase(const std::string& line, transcript::step& into) {
  for (const auto& each : phrases) {
    const std::string before = each.before, after = each.after ? each.after : "";
    const bool fits =
        each.after ? begins_with(line, before) && ends_with(line, after) && line.size() > before.size() + after.size()
                   : line == before;
    if (!fits)
      continue;
    into.type = each.type;
    into.who = line.substr(before.size(), line.size() - before.size() - after.size());
    return into.who.find(' ') == std::string::npos;
  }
  return false;
}

/// `with limits.connections = 2`.
bool read_setting(const std::string& line, nlohmann::json& settings) {
  const auto equals = line.find(" = ");
  if (!begins_with(line, "with ") || equals == std::string::npos)
    return false;
  auto pointer = "/" + line.substr(5, equals - 5);
  std::replace(pointer.begin(), pointer.end(), '.', '/');
  settings[nlohmann::json::json_pointer(pointer)] = nlohmann::json::parse(line.substr(equals + 3));
  return true;
}

/// ¶ is a line end, where a brace cannot stand.
std::string with_line_ends(std::string text) {
  static const std::string mark = "¶";
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark))
    text.replace(at, mark.size(), "\n");
  return text;
}

/// `3 times abc` → abcabcabc; `byte FF`.
bool compute(const std::string& inner, std::string& result) {
  const auto times = inner.find(" times ");
  if (times != std::string::npos && inner.find_first_not_of("0123456789") == times) {
    const auto text = with_line_ends(inner.substr(times + 7));
    for (auto n = std::stoul(inner); n > 0; --n)
      result += text;
    return true;
  }
  if (!begins_with(inner, "byte ") || inner.size() != 7)
    return false;
  result += static_cast<char>(std::stoul(inner.substr(5), nullptr, 16));
  return true;
}

} // namespace

transcript read_transcript(const std::string& path) {
  std::istringstream in(read_file(path));
  transcript result;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    transcript::step step;
    step.line = number;
    if (line.empty() || line[0] == '#' || read_setting(line, result.settings))
      continue;
    if (!read_utterance(line, step) && !read_phrase(line, step))
      throw std::runtime_error(path + ":" + std::to_string(number) + " is not understood: " + line);
    result.steps.push_back(std::move(step));
  }
  if (result.steps.empty())
    throw std::runtime_error(path + " is empty");
  return result;
}

std::string filled_in(const std::string& text, const std::vector<std::pair<std::string, std::string>>& values) {
  std::string result;
  for (size_t at = 0; at < text.size();) {
    const auto end = text.find('}', at);
    if (text[at] != '{' || end == std::string::npos) {
      result += text[at++];
      continue;
    }
    const auto inner = text.substr(at + 1, end - at - 1);
    const auto known =
        std::find_if(values.begin(), values.end(), [&](const auto& each) { return each.first == inner; });
    if (known != values.end())
      result += known->second;
    else if (!compute(inner, result))
      result += text.substr(at, end + 1 - at);
    at = end + 1;
  }
  return result;
}

bool matches(const std::string& expected, const std::string& heard, std::string& it) {
  static const std::string anything = "{anything}";
  const auto at = expected.find(anything);
  if (at == std::string::npos)
    return expected == heard;
  const auto before = expected.substr(0, at), after = expected.substr(at + anything.size());
  if (heard.size() <= before.size() + after.size() || !begins_with(heard, before) || !ends_with(heard, after))
    return false;
  it = heard.substr(before.size(), heard.size() - before.size() - after.size());
  return true;
}

} // namespace salond::support
