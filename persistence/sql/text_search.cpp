#include "persistence/sql/text_search.hpp"
#include "persistence/gram_lists.hpp"
#include "persistence/number_list.hpp"
#include "persistence/sql/rows.hpp"
#include <algorithm>
#include <set>

namespace salond::persistence {
namespace {

// What is looked at, in messages that are looked through: a text of 512 bytes takes as long as two, and so does the
// list of a gram in a part.
constexpr size_t bytes_of_a_message = 512, messages_of_a_list = 2;
// Of so many grams the rarest ones are looked up: the others' lists are long, and tell little besides.
constexpr size_t max_grams = 16, max_rare_grams = 5, grams_at_once = 2;
// So few messages are read sooner than another list.
constexpr size_t few_candidates = 1;
constexpr size_t candidates_at_once = 64;
// Parts of which the lists are read together: few first, since a frequent text is found in those.
constexpr size_t first_parts = 1, parts_growth = 8, max_parts = 128;
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

/// What is in both.
std::vector<int64_t> both_of(const std::vector<int64_t>& some, const std::vector<int64_t>& others) {
  std::vector<int64_t> result;
  std::set_intersection(some.begin(), some.end(), others.begin(), others.end(), std::back_inserter(result));
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
  const auto found =
      on_.ask("SELECT part, ends, stretch FROM search_parts WHERE salon_id = ? AND part < ? AND state < 2"
              " ORDER BY part DESC LIMIT ?",
              {salon_.value, result_.before, limit_of(parts_at_once_)});
  std::vector<part> result;
  while (found->next()) {
    const part next{found->integer(0), found->integer(1), found->integer(2)};
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
  std::map<int64_t, found_messages> found;
  read_lists(found, parts, {any_gram, rarest_.front()});
  for (size_t n = 1; n < rarest_.size(); ++n)
    sift(found, parts, rarest_[n]);
  for (const auto& each : parts) {
    if (const auto those = found.find(each.first); those != found.end() && !those->second.is_nothing()) {
      if (goes_on())
        search_part(each, those->second);
      if (!goes_on())
        return;
    }
    result_.before = each.first;
  }
}

/// By a part, which stands for others: what is rare there may be missing elsewhere.
void text_search::find_rarest_in(const part& where) {
  std::map<gram, int64_t> sizes;
  for (const auto each : grams_)
    sizes[each] = 0;
  parameters values{salon_.value, where.stretch, where.first};
  add_padded(values, grams_, max_grams);
  const auto found =
      on_.ask("SELECT gram, LENGTH(seqs) FROM search_grams WHERE salon_id = ? AND stretch = ? AND part = ?"
              " AND gram IN (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
              values);
  while (found->next())
    sizes[found->integer(0)] = found->integer(1);
  rarest_ = grams_;
  std::sort(rarest_.begin(), rarest_.end(), [&](gram a, gram b) { return sizes[a] < sizes[b]; });
  rarest_.resize(std::min(rarest_.size(), max_rare_grams));
  result_.looked_at += messages_of_a_list * grams_.size();
}

/// Adds the messages of two grams, where parts have some.
void text_search::read_lists(std::map<int64_t, found_messages>& to, const std::vector<part>& parts,
                             const std::vector<gram>& grams) {
  std::map<int64_t, int64_t> ends;
  std::set<int64_t> stretches;
  for (const auto& each : parts) {
    ends[each.first] = each.end;
    stretches.insert(each.stretch);
  }
  if (ends.empty())
    return;
  parameters values{salon_.value};
  add_padded(values, grams, grams_at_once);
  values.insert(values.end(), {ends.begin()->first, ends.rbegin()->first});
  ask_for_each(on_,
               "SELECT part, gram, seqs FROM search_grams WHERE salon_id = ? AND gram IN (?,?)"
               " AND part >= ? AND part <= ? AND stretch",
               values, {stretches.begin(), stretches.end()}, "", [&](const query_result& row) {
                 const auto end = ends.find(row.integer(0));
                 if (end == ends.end())
                   return;
                 auto& found = to[end->first];
                 auto numbers = numbers_in(row.text(2), end->first - 1, end->second);
                 found.whole = found.whole && numbers;
                 if (numbers)
                   (row.integer(1) == any_gram ? found.any : found.rare) = std::move(*numbers);
               });
  result_.looked_at += messages_of_a_list * grams.size() * parts.size();
}

/// Of what was found there, leaves what has another gram, too.
void text_search::sift(std::map<int64_t, found_messages>& found, const std::vector<part>& parts, gram further) {
  std::vector<part> many;
  for (const auto& each : parts)
    if (const auto those = found.find(each.first); those != found.end() && those->second.rare.size() > few_candidates)
      many.push_back(each);
  std::map<int64_t, found_messages> others;
  read_lists(others, many, {further});
  for (const auto& each : many) {
    auto& those = found[each.first];
    const auto& other = others[each.first];
    those.rare = both_of(those.rare, other.rare);
    those.whole = those.whole && other.whole;
  }
}

/// The messages of a part that may have the text, and those whose grams nobody knows.
void text_search::search_part(const part& where, const found_messages& found) {
  if (!found.whole) // the database is damaged
    return look_through(where.first);
  std::vector<int64_t> all;
  std::set_union(found.rare.begin(), found.rare.end(), found.any.begin(), found.any.end(), std::back_inserter(all));
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
