#include "persistence/sql/text_search.hpp"
#include "persistence/gram_lists.hpp"
#include "persistence/number_list.hpp"
#include "persistence/sql/rows.hpp"
#include <algorithm>
#include <map>

namespace salond::persistence {
namespace {

// What is looked at, in messages that are looked through: a text of 512 bytes takes as long as two, and a look into the
// index as long as four.
constexpr size_t bytes_of_a_message = 512, messages_of_a_look = 4;
// Grams of a long text beyond these would tell nothing new; with `any_gram` they make up one list of a statement.
constexpr size_t max_grams = 7;
constexpr size_t parts_at_once = 64, candidates_at_once = 64;
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

/// Adds eight values: `any_gram`, and the others, the last of them as often as there is room.
void add_grams(parameters& to, const std::vector<gram>& grams) {
  to.emplace_back(any_gram);
  for (size_t n = 0; n < max_grams; ++n)
    to.emplace_back(grams[std::min(n, grams.size() - 1)]);
}

#define SALOND_EIGHT " IN (?,?,?,?,?,?,?,?)"

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
      count_(count) {
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
                             {salon_.value, result_.before, limit_of(parts_at_once)});
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
  const auto having = parts_with(rarest_in(parts.front()), parts);
  for (const auto& each : parts) {
    if (having.count(each.first) != 0)
      search_part(each);
    if (!goes_on())
      return;
    result_.before = each.first;
  }
}

/// Of a part, which may stand for others: what is rare there may be missing elsewhere.
gram text_search::rarest_in(const part& where) {
  std::map<gram, int64_t> sizes;
  for (const auto each : grams_)
    sizes[each] = 0;
  parameters values{salon_.value, where.first};
  add_grams(values, grams_);
  const auto found = on_.ask("SELECT gram, LENGTH(seqs) FROM search_grams WHERE salon_id = ? AND part = ?"
                             " AND gram" SALOND_EIGHT,
                             values);
  while (found->next())
    if (found->integer(0) != any_gram)
      sizes[found->integer(0)] = found->integer(1);
  result_.looked_at += messages_of_a_look;
  return std::min_element(sizes.begin(), sizes.end(), [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

/// The parts in which some message may have it.
std::set<int64_t> text_search::parts_with(gram rarest, const std::vector<part>& among) {
  std::vector<int64_t> firsts;
  for (const auto& each : among)
    firsts.push_back(each.first);
  std::set<int64_t> result;
  ask_for_each(on_, "SELECT part FROM search_grams WHERE salon_id = ? AND gram IN (?, ?) AND part",
               {salon_.value, any_gram, rarest}, firsts, "",
               [&](const query_result& row) { result.insert(row.integer(0)); });
  result_.looked_at += messages_of_a_look * among.size();
  return result;
}

/// The messages of a part that have all grams, and those whose grams nobody knows.
void text_search::search_part(const part& where) {
  parameters values{salon_.value, where.first};
  add_grams(values, grams_);
  std::vector<std::vector<int64_t>> lists;
  std::vector<int64_t> any, candidates;
  {
    const auto found = on_.ask("SELECT gram, seqs FROM search_grams WHERE salon_id = ? AND part = ?"
                               " AND gram" SALOND_EIGHT,
                               values);
    while (found->next()) {
      auto list = numbers_in(found->text(1), where.first - 1, where.end);
      if (!list)
        return look_through(where.first); // it is damaged
      found->integer(0) == any_gram ? any = std::move(*list) : lists.emplace_back(std::move(*list));
    }
  }
  result_.looked_at += messages_of_a_look * grams_.size();
  if (lists.size() == grams_.size())
    candidates = in_all(std::move(lists));
  std::vector<int64_t> all;
  std::set_union(candidates.begin(), candidates.end(), any.begin(), any.end(), std::back_inserter(all));
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
