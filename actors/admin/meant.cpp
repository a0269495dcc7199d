// The times, limits and orders that operators mean.
#include "actors/admin/call.hpp"
#include "actors/wall_clock.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond {
namespace {

/// A column's value in the form that is compared: numbers as numbers, names without case.
json as_compared(const json& value) {
  return value.is_string() ? json(key_of(value.get<std::string>())) : value;
}

/// The rows, sorted by a column. Rows with the same value stay in their order.
std::vector<json> sorted(std::vector<json> rows, const std::string& column, bool falling) {
  std::vector<std::pair<json, size_t>> order;
  order.reserve(rows.size());
  for (const auto& row : rows)
    order.emplace_back(as_compared(row.at(column)), order.size());
  std::stable_sort(order.begin(), order.end(),
                   [falling](const auto& a, const auto& b) { return falling ? b.first < a.first : a.first < b.first; });
  std::vector<json> result;
  result.reserve(rows.size());
  for (const auto& [value, index] : order)
    result.push_back(std::move(rows[index]));
  return result;
}

/// The column that `--sort` names, if the list has it.
std::optional<std::string> column_meant(const std::vector<json>& rows, std::string wished) {
  if (!wished.empty() && wished.front() == '-')
    wished.erase(0, 1);
  if (!rows.empty() && !rows.front().contains(wished))
    return std::nullopt;
  return wished;
}

} // namespace

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

std::optional<size_t> limit_meant(const admin_call_ptr& call, size_t usual) {
  const auto wished = static_cast<size_t>(call->said().number("--limit").value_or(static_cast<int64_t>(usual)));
  if (wished >= 1 && wished <= max_listed)
    return wished;
  call->refuse(admin_verdict::wrong_usage, "--limit is from 1 to " + std::to_string(max_listed));
  return std::nullopt;
}

namespace {

/// The row that `--after` names: of one kind, or all of that name.
struct named_row {
  std::string key, kind;
};

named_row row_named(const std::string& after, const list_form& form) {
  const auto colon = std::min(after.find(':'), after.size());
  for (const auto& kind : form.kinds)
    if (colon < after.size() && after.compare(0, colon, kind) == 0)
      return {key_of(after.substr(colon + 1)), kind};
  return {key_of(after), {}};
}

/// Where a row stands, seen from the named one or from where that stood: -1 before it, 0 it is that row, 1 behind it.
int place_of(const json& row, const named_row& named, const list_form& form, bool falling) {
  const auto key = key_of(row.at(form.name).get<std::string>());
  if (key != named.key)
    return (falling ? key < named.key : named.key < key) ? 1 : -1;
  return named.kind.empty() ? 0 : row.at(form.kind).get<std::string>().compare(named.kind);
}

/// The first row behind the one that `--after` names. Nothing: there is no such row, and nobody knows where it stood.
std::optional<size_t> row_behind(const std::vector<json>& rows, const named_row& named, const list_form& form,
                                 bool falling) {
  std::optional<size_t> behind;
  for (size_t index = 0; index < rows.size(); ++index) {
    const auto place = place_of(rows[index], named, form, falling);
    if (place == 0)
      behind = index + 1;
    else if (form.by_name && place > 0)
      return behind.value_or(index); // the named row is gone, and this one stood behind it
  }
  return behind || !form.by_name ? behind : std::optional(rows.size());
}

} // namespace

void answer_list(const admin_call_ptr& call, std::vector<json> rows, list_form form) {
  const auto limit = limit_meant(call, form.usual);
  if (!limit)
    return;
  const auto& said = call->said();
  const auto wished = said.get("--sort");
  const bool falling = !wished.empty() && wished.front() == '-';
  if (said.has("--sort")) {
    const auto column = column_meant(rows, wished);
    if (!column)
      return call->refuse(admin_verdict::wrong_usage, "--sort names a column of the list, as --json shows them");
    form.by_name = *column == form.name;
    if (!rows.empty())
      rows = sorted(std::move(rows), *column, falling);
  }
  const auto first = said.has("--after") ? row_behind(rows, row_named(said.get("--after"), form), form, falling)
                                         : std::optional(size_t{0});
  if (!first)
    return call->refuse(admin_verdict::refused, "the list has no row of the name that --after says; with --sort="
                                                    + std::string(form.name) + " it goes on behind one that is gone");
  json list = json::array();
  for (auto index = *first; index < rows.size() && list.size() < *limit; ++index)
    list.push_back(std::move(rows[index]));
  if (*first + list.size() < rows.size())
    call->cut_off();
  call->done(list);
}

} // namespace salond
