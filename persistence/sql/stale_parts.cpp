#include "persistence/sql/stale_parts.hpp"
#include "persistence/sql/rows.hpp"
#include <algorithm>
#include <limits>
#include <tuple>

namespace salond::persistence {
namespace {

struct place {
  int64_t salon = 0, seq = 0;
};

bool is_before(const place& a, const place& b) {
  return std::tie(a.salon, a.seq) < std::tie(b.salon, b.seq);
}

/// Of a place: where the part that holds it ends, or, where none does, the next one begins.
struct stretch {
  std::optional<int64_t> part;
  int64_t end = 0;
};

stretch stretch_at(driver& on, const place& where) {
  {
    const auto found =
        on.ask("SELECT part, ends FROM search_parts WHERE salon_id = ? AND part <= ? ORDER BY part DESC LIMIT 1",
               {where.salon, where.seq});
    if (found->next() && found->integer(1) > where.seq)
      return {found->integer(0), found->integer(1)};
  }
  const auto next = on.ask("SELECT part FROM search_parts WHERE salon_id = ? AND part > ? ORDER BY part LIMIT 1",
                           {where.salon, where.seq});
  return {std::nullopt, next->next() ? next->integer(0) : std::numeric_limits<int64_t>::max()};
}

bool has_parts(driver& on) {
  return on.ask("SELECT 1 FROM search_parts LIMIT 1")->next();
}

/// Marks the part that holds it, if one does; answers where that ends, or the next one begins.
int64_t mark_at(driver& on, const place& where) {
  const auto found = stretch_at(on, where);
  if (found.part)
    on.run("UPDATE search_parts SET state = state + 1 WHERE salon_id = ? AND part = ? AND state IN (0, 2)",
           {where.salon, *found.part});
  return found.end;
}

void mark_parts(driver& on, std::vector<place> places) {
  std::sort(places.begin(), places.end(), is_before);
  place known; // behind what was looked at
  for (const auto& each : places)
    if (!is_before(each, known))
      known = {each.salon, mark_at(on, each)};
}

place place_in(const query_result& row, int column) {
  return {row.integer(column), row.integer(column + 1)};
}

} // namespace

void mark_stale(driver& on, const std::vector<int64_t>& message_ids) {
  if (message_ids.empty() || !has_parts(on))
    return;
  std::vector<place> places;
  ask_for_each(on, "SELECT salon_id, seq FROM messages WHERE message_id", {}, message_ids, "",
               [&](const query_result& row) { places.push_back(place_in(row, 0)); });
  mark_parts(on, std::move(places));
}

void mark_stale(driver& on, salon_id salon, int64_t first, int64_t last) {
  for (auto next = first; next <= last;)
    next = mark_at(on, {salon.value, next});
}

void mark_stale_of(driver& on, user_id author) {
  constexpr int64_t rows_at_once = 5000;
  if (!has_parts(on))
    return;
  int64_t last = 0;
  for (size_t count = rows_at_once; count == rows_at_once;) {
    std::vector<place> places;
    {
      const auto found =
          on.ask("SELECT message_id, salon_id, seq FROM messages WHERE " + on.words().is_user("client_id")
                     + " AND message_id > ? ORDER BY message_id LIMIT ?",
                 {author.value, last, rows_at_once});
      for (count = 0; found->next(); ++count) {
        last = found->integer(0);
        places.push_back(place_in(*found, 1));
      }
    }
    mark_parts(on, std::move(places));
  }
}

} // namespace salond::persistence
