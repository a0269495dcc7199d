// What operators mean by times, limits and orders.
#include "actors/admin/call.hpp"
#include "actors/wall_clock.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>
#include <ctime>

namespace salond {
namespace {

/// "15m" and the like; nothing where it is none, or one of more than ten thousand years.
std::optional<std::chrono::seconds> duration_meant(const std::string& text) {
  if (text.size() < 2 || text.size() > 9 || text.find_first_not_of("0123456789") != text.size() - 1)
    return std::nullopt;
  const auto count = std::stoll(text);
  switch (text.back()) {
  case 's': return std::chrono::seconds{count};
  case 'm': return std::chrono::minutes{count};
  case 'h': return std::chrono::hours{count};
  case 'd': return std::chrono::hours{24 * std::min<int64_t>(count, 3650000)};
  default: return std::nullopt;
  }
}

/// Columns compare as numbers, as names without case, or by what they are.
bool is_before(const json& one, const json& other) {
  if (one.is_string() && other.is_string())
    return key_of(one.get<std::string>()) < key_of(other.get<std::string>());
  return one < other;
}

/// The column of `--sort`, if there is such a one.
std::optional<std::string> column_meant(const std::vector<json>& rows, std::string wished) {
  if (!wished.empty() && wished.front() == '-')
    wished.erase(0, 1);
  if (!rows.empty() && !rows.front().contains(wished))
    return std::nullopt;
  return wished;
}

} // namespace

std::optional<moment> time_meant(const std::string& text, moment now) {
  if (const auto ago = duration_meant(text))
    return now - *ago;
  for (const auto* form :
       {"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M", "%Y-%m-%d"}) {
    std::tm parts{};
    const auto* end = ::strptime(text.c_str(), form, &parts);
    if (end && *end == '\0')
      return moment{std::chrono::seconds{::timegm(&parts)}};
  }
  return std::nullopt;
}

std::optional<time_span> span_meant(const admin_call_ptr& call) {
  time_span result;
  const auto now = wall_clock();
  for (const auto& [option, place] : {std::pair{"--since", &result.since}, std::pair{"--until", &result.until}}) {
    if (!call->said().has(option))
      continue;
    *place = time_meant(call->said().get(option), now);
    if (*place)
      continue;
    call->refuse(admin_verdict::wrong_usage,
                 std::string(option) + " is a time: 2026-11-25, 2026-11-25T12:00 (UTC), or 15m, 2h, 7d before now");
    return std::nullopt;
  }
  return result;
}

std::optional<size_t> limit_meant(const admin_call_ptr& call, size_t usual, size_t most) {
  const auto wished = static_cast<size_t>(call->said().number("--limit").value_or(static_cast<int64_t>(usual)));
  if (wished >= 1 && wished <= most)
    return wished;
  call->refuse(admin_verdict::wrong_usage, "--limit is from 1 to " + std::to_string(most));
  return std::nullopt;
}

void answer_list(const admin_call_ptr& call, std::vector<json> rows, const char* name, size_t most) {
  const auto limit = limit_meant(call, most, std::max(most, rows.size() + 1));
  if (!limit)
    return;
  const auto& said = call->said();
  if (const auto wished = said.get("--sort"); said.has("--sort")) {
    const auto column = column_meant(rows, wished);
    if (!column)
      return call->refuse(admin_verdict::wrong_usage, "--sort names a column of the list, as --json shows them");
    std::stable_sort(rows.begin(), rows.end(), [&](const json& one, const json& other) {
      return wished.front() == '-' ? is_before(other.at(*column), one.at(*column))
                                   : is_before(one.at(*column), other.at(*column));
    });
  }
  auto first = rows.begin();
  if (said.has("--after")) {
    const auto key = key_of(said.get("--after"));
    first = std::find_if(rows.begin(), rows.end(),
                         [&](const json& row) { return key_of(row.at(name).get<std::string>()) == key; });
    if (first == rows.end())
      return call->refuse(admin_verdict::refused, "the list has no row of the name that --after says");
    ++first;
  }
  json list = json::array();
  for (; first != rows.end() && list.size() < *limit; ++first)
    list.push_back(std::move(*first));
  call->done(list);
}

} // namespace salond
