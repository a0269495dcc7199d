#include "persistence/sql/text_search.hpp"
#include "persistence/gram_lists.hpp"
#include "persistence/number_list.hpp"
#include "persistence/sql/rows.hpp"
#include <algorithm>

namespace salond::persistence {
namespace {

// What is looked at, in messages that are looked through: a text of 512 bytes takes as long as two, and so does the
// list of a gram in a part.
constexpr size_t bytes_of_a_message = 512, messages_of_a_list = 2;
// Of so many grams the rarest ones are looked up: the others' lists are long, and tell little besides.
constexpr size_t max_grams = 16, max_rare_grams = 3, grams_at_once = 2;
constexpr size_t candidates_at_once = 64;
// Parts of which the lists are read together: few first, since a frequent text is found in those.
constexpr size_t first_parts = 1, parts_growth = 8, max_parts = 64;
// Longer ones are read one by one, where an answer is held in memory.
constexpr size_t short_text = 8 << 10;

/// Some of them, from all over the text.
std::vector<gram> some_of(const std::vector<gram>& all) {
  if (all.size() <= max_grams)
    return all;
  std::vector<gram> result;
  for (size_t n = 0; n < max_grams; ++n)
    result.push_back(all[n * (all.size() - 1) / (max_grams - 1)]);
  return result;
}

/// Adds so many values, the last one as often as there is room: a statement has as many `?` whatever is asked.
void add_padded(parameters& to, const std::vector<gram>& grams, size_t count) {
  for (size_t n = 0; n < count; ++n)
    to.emplace_back(grams[std::min(n, grams.size() - 1)]);
}

/// What is in all of the lists. REQUIRES: there is one.
std::vector<int64_t> in_all(std::vector<std::vector<int64_t>> lists) {
  std::sort(lists.begin(), lists.end(), [](const auto& a, const auto& b) { return a.size() < b.size(); });
  auto result = std::move(lists.front());
  for (auto other = lists.begin() + 1; other != lists.end(); ++other) {
    std::vector<int64_t> both;
    std::set_intersection(result.begin(), result.end(), other->begin(), other->end(), std::back_inserter(both));
    result = std::move(both);
  }
  return result;
}

} // namespace

text_search::text_search(driver& on, std::string of, salon_id salon, std::string_view text, int64_t before,
                         size_t count)
    : on_(on), of_(std::move(of)), salon_(salon), wanted_(search_form(text)), grams_(some_of(grams_of(wanted_))),
      count_(count), parts_at_once_(first_parts) {
  result_.before = before;
}

bool text_search::goes_on() const {
  return result_.before != 0 && result_.found.size() < count_ && result_.looked_at < message_store::max_looked_through;
}

searched_part text_search::run() {
  if (wanted_.empty()) // of marks alone, which no form has
    result_.before = 0;
  while (goes_on()) {
    const auto parts = grams_.empty() ? std::vector<part>{} : parts_below();
    if (parts.empty())
      look_through(0);
    else if (parts.front().end < result_.before)
      look_through(parts.front().end);
    else
      search_parts(parts);
  }
  return std::move(result_);
}

// --- message by message ---

std::string text_search::message_columns() const {
  return "SELECT m.seq, c.username, " + short_text_columns(on_.words()) + of_;
}

parameters text_search::message_values() const {
  auto values = max_bytes_of_short(on_.words(), short_text);
  values.emplace_back(salon_.value);
  return values;
}

/// The message in a row of message_columns().
void text_search::look_at(const query_result& row) {
  const auto seq = row.integer(0);
  const auto text = row.is_null(2) ? text_of(seq) : row.text(2);
  result_.looked_at += 1 + text.size() / bytes_of_a_message;
  form_.clear();
  append_search_form(form_, text);
  if (form_.find(wanted_) != std::string::npos)
    result_.found.push_back({seq, weight_of(text.size(), row.bytes(1))});
}

std::string text_search::text_of(int64_t seq) {
  const auto found = on_.ask("SELECT contenu FROM messages WHERE salon_id = ? AND seq = ?", {salon_.value, seq});
  return found->next() ? found->text(0) : std::string();
}

/// Those from `from` on, as far as it comes. Messages that are not shown count as well: by the index alone, they are
/// as many as are read.
void text_search::look_through(int64_t from) {
  const auto rows = message_store::max_looked_through - result_.looked_at;
  const auto farthest = number_in(on_.ask(std::string("SELECT m.seq FROM messages m") + on_.words().by_seq
                                              + " WHERE m.salon_id = ? AND m.seq >= ? AND m.seq < ?"
                                                " ORDER BY m.seq DESC LIMIT 1 OFFSET ?",
                                          {salon_.value, from, result_.before, limit_of(rows - 1)}));
  const auto end = std::max(from, farthest);
  const auto statement = message_columns() + " AND m.seq >= ? AND m.seq < ? ORDER BY m.seq DESC LIMIT ?";
  for (bool more = true; more;) {
    auto values = message_values();
    values.insert(values.end(), {end, result_.before, limit_of(on_.words().max_texts)});
    const auto found = on_.ask(statement, values);
    size_t count = 0;
    for (; goes_on() && found->next(); ++count) {
      look_at(*found);
      result_.before = found->integer(0);
    }
    more = goes_on() && count == on_.words().max_texts;
  }
  if (!goes_on()) // in the middle
    return;
  result_.before = end;
  if (farthest != 0)
    result_.looked_at = message_store::max_looked_through;
}

// --- by the index ---

/// The newest parts below `before`, each of which ends where the one before it begins. The first may end earlier.
std::vector<text_search::part> text_search::parts_below() {
  const auto found = on_.ask("SELECT part, ends FROM search_parts WHERE salon_id = ? AND part < ? AND state < 2"
                             " ORDER BY part DESC LIMIT ?",
                             {salon_.value, result_.before, limit_of(parts_at_once_)});
  std::vector<part> result;
  while (found->next()) {
    const part next{found->integer(0), found->integer(1)};
    if (!result.empty() && next.end < result.back().first)
      break;
    result.push_back(next);
  }
  return result;
}

void text_search::search_parts(const std::vector<part>& parts) {
  parts_at_once_ = std::min(parts_at_once_ * parts_growth, max_parts);
  if (rarest_.empty())
    find_rarest_in(parts.front());
  auto lists = std::map<int64_t, found_lists>{};
  read_lists(lists, numbers_of_parts(parts), {any_gram, rarest_.front()});
  if (rarest_.size() > 1) { // where the rarest is missing, nothing has the text
    std::vector<int64_t> having;
    for (const auto& [first, found] : lists)
      if (!found.rare.empty())
        having.push_back(first);
    read_lists(lists, having, {rarest_.begin() + 1, rarest_.end()});
  }
  for (const auto& each : parts) {
    if (const auto found = lists.find(each.first); found != lists.end())
      search_part(each, found->second);
    if (!goes_on())
      return;
    result_.before = each.first;
  }
}

/// By a part, which stands for others: what is rare there may be missing elsewhere.
void text_search::find_rarest_in(const part& where) {
  std::map<gram, int64_t> sizes;
  for (const auto each : grams_)
    sizes[each] = 0;
  parameters values{salon_.value, where.first};
  add_padded(values, grams_, max_grams);
  const auto found = on_.ask("SELECT gram, LENGTH(seqs) FROM search_grams WHERE salon_id = ? AND part = ?"
                             " AND gram IN (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                             values);
  while (found->next())
    sizes[found->integer(0)] = found->integer(1);
  rarest_ = grams_;
  std::sort(rarest_.begin(), rarest_.end(), [&](gram a, gram b) { return sizes[a] < sizes[b]; });
  rarest_.resize(std::min(rarest_.size(), max_rare_grams));
  result_.looked_at += messages_of_a_list * grams_.size();
}

std::vector<int64_t> text_search::numbers_of_parts(const std::vector<part>& parts) {
  std::vector<int64_t> firsts;
  for (const auto& each : parts)
    firsts.push_back(each.first);
  return firsts;
}

/// Adds the lists of two grams, where parts have some. `parts`: by their first numbers.
void text_search::read_lists(std::map<int64_t, found_lists>& to, const std::vector<int64_t>& parts,
                             const std::vector<gram>& grams) {
  parameters values{salon_.value};
  add_padded(values, grams, grams_at_once);
  ask_for_each(on_, "SELECT part, gram, seqs FROM search_grams WHERE salon_id = ? AND gram IN (?,?) AND part", values,
               parts, "", [&](const query_result& row) {
                 auto& lists = to[row.integer(0)];
                 row.integer(1) == any_gram ? lists.any = row.text(2) : lists.rare.emplace_back(row.text(2));
               });
  result_.looked_at += messages_of_a_list * grams.size() * parts.size();
}

/// The messages of a part that have all of the grams, and those whose grams nobody knows.
void text_search::search_part(const part& where, const found_lists& found) {
  std::vector<std::vector<int64_t>> lists;
  const auto any = numbers_in(found.any, where.first - 1, where.end);
  bool whole = any.has_value();
  if (found.rare.size() == rarest_.size())
    for (const auto& list : found.rare) {
      auto numbers = numbers_in(list, where.first - 1, where.end);
      whole = whole && numbers;
      lists.push_back(std::move(numbers).value_or(std::vector<int64_t>{}));
    }
  if (!whole) // the database is damaged
    return look_through(where.first);
  const auto candidates = lists.empty() ? std::vector<int64_t>{} : in_all(std::move(lists));
  std::vector<int64_t> all;
  std::set_union(candidates.begin(), candidates.end(), any->begin(), any->end(), std::back_inserter(all));
  all.erase(std::lower_bound(all.begin(), all.end(), result_.before), all.end());
  std::reverse(all.begin(), all.end());
  verify(all);
}

/// REQUIRES: falling order numbers.
void text_search::verify(const std::vector<int64_t>& candidates) {
  for (size_t from = 0; from < candidates.size() && goes_on(); from += candidates_at_once) {
    const auto to = std::min(candidates.size(), from + candidates_at_once);
    const std::vector<int64_t> some(candidates.begin() + static_cast<std::ptrdiff_t>(from),
                                    candidates.begin() + static_cast<std::ptrdiff_t>(to));
    ask_for_each(on_, message_columns() + " AND m.seq", message_values(), some, " ORDER BY m.seq DESC",
                 [this](const query_result& row) {
                   if (!goes_on())
                     return;
                   look_at(row);
                   result_.before = row.integer(0);
                 });
    if (goes_on()) // those that are gone are behind it, too
      result_.before = some.back();
  }
}

} // namespace salond::persistence
