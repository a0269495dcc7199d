// The index of searches. Of search_parts.state the lowest bit says that the part is to be built anew, the next one that
// it is in work and searches do not go by it. Parts with the same search_parts.stretch have their lists side by side.
#include "persistence/contracts/search_index.hpp"
#include "persistence/sql/features.hpp"
#include "persistence/sql/rows.hpp"

namespace salond::persistence {
namespace {

constexpr const char* of_part = " WHERE salon_id = ? AND part = ?";
constexpr const char* in_stretch = " WHERE salon_id = ? AND stretch = ?";

message_span span_in(const query_result& row) {
  return {salon_id{row.integer(0)}, row.integer(1), row.integer(2)};
}

class sql_search_index final : public feature<search_index_store> {
public:
  using feature::feature;

  std::vector<salon_reach> reaches(salon_id after, size_t most) const override {
    return all_in(db().ask("SELECT s.salon_id, " + newest_seq(db().words(), "s.salon_id")
                               + ", (SELECT p.ends FROM search_parts p WHERE p.salon_id = s.salon_id AND p.state < 2"
                                 " ORDER BY p.part DESC LIMIT 1)"
                                 " FROM salons s WHERE s.salon_id > ? ORDER BY s.salon_id LIMIT ?",
                           {after.value, limit_of(most)}),
                  [](const query_result& row) -> salon_reach {
                    return {salon_id{row.integer(0)}, row.integer(1), row.integer(2)};
                  });
  }

  std::vector<message_span> due(size_t most) const override {
    return all_in(db().ask("SELECT salon_id, part, ends FROM search_parts WHERE state > 0 LIMIT ?", {limit_of(most)}),
                  span_in);
  }

  std::optional<message_span> next_part(salon_id salon) const override {
    const auto first = number_in(
        db().ask("SELECT ends FROM search_parts WHERE salon_id = ? ORDER BY part DESC LIMIT 1", {salon.value}));
    if (seq_of(salon, first, part_messages + newer_messages - 1) == 0)
      return std::nullopt;
    return message_span{salon, first, seq_of(salon, first, part_messages)};
  }

  gram_page texts(const message_span& of, int64_t from) const override {
    const auto& words = db().words();
    auto values = max_bytes_of_short(words, max_text);
    values.insert(values.end(), {of.salon.value, from, of.end, limit_of(page_messages)});
    const auto found = db().ask("SELECT m.seq, " + short_text_columns(words) + " FROM messages m" + words.by_seq
                                    + " WHERE m.salon_id = ? AND m.seq >= ? AND m.seq < ? AND " + words.is_shown
                                    + " ORDER BY m.seq LIMIT ?",
                                values);
    gram_page page;
    size_t bytes = 0;
    while (bytes < page_bytes && page.messages.size() < page_messages) {
      if (!found->next())
        return page;
      page.messages.push_back({found->integer(0), grams_in(*found)});
      bytes += found->bytes(1);
    }
    page.next = page.messages.back().seq + 1;
    return page;
  }

  std::optional<message_span> part_behind(salon_id salon, int64_t after) const override {
    const auto found = db().ask("SELECT salon_id, part, ends FROM search_parts WHERE salon_id >= ?"
                                " AND (salon_id > ? OR part > ?) AND state = 0 ORDER BY salon_id, part LIMIT 1",
                                {salon.value, salon.value, after});
    return found->next() ? std::optional(span_in(*found)) : std::nullopt;
  }

  bool is_whole(const message_span& part) const override {
    const auto& words = db().words();
    const auto kept =
        number_in(db().ask(std::string("SELECT messages FROM search_parts") + of_part, {part.salon.value, part.first}));
    return kept
           == number_in(db().ask(std::string("SELECT count(*) FROM messages m") + words.by_seq
                                     + " WHERE m.salon_id = ? AND m.seq >= ? AND m.seq < ? AND " + words.is_shown,
                                 {part.salon.value, part.first, part.end}));
  }

  bool begin(const message_span& part, int64_t builder) override {
    if (db().run(std::string("UPDATE search_parts SET ends = ?, messages = 0, state = 2, builder = ?") + of_part,
                 {part.end, builder, part.salon.value, part.first})
        != 0)
      return true;
    db().run("INSERT INTO search_parts(salon_id, part, ends, messages, state, builder, stretch)"
             " VALUES (?, ?, ?, 0, 2, ?, ?)",
             {part.salon.value, part.first, part.end, builder, new_stretch(part)});
    return false;
  }

  cleared clear(const message_span& part, int64_t builder, gram from) override {
    const auto stretch = held_stretch(part, builder);
    if (!stretch)
      return {step::lost, from};
    parameters values{part.salon.value, *stretch, from};
    std::optional<gram> next;
    if (const auto found = db().ask(std::string("SELECT gram FROM search_grams") + in_stretch
                                        + " AND gram >= ? ORDER BY gram LIMIT 1 OFFSET ?",
                                    {part.salon.value, *stretch, from, limit_of(step_looks)});
        found->next())
      next = found->integer(0);
    std::string remove = std::string("DELETE FROM search_grams") + in_stretch + " AND gram >= ? AND part = ?";
    values.emplace_back(part.first);
    if (next) {
      remove += " AND gram < ?";
      values.emplace_back(*next);
    }
    db().run(remove, values);
    return next ? cleared{step::more, *next} : cleared{};
  }

  step put(const message_span& part, int64_t builder, const std::vector<gram_list>& lists) override {
    const auto stretch = held_stretch(part, builder);
    if (!stretch)
      return step::lost;
    std::vector<parameters> rows;
    rows.reserve(lists.size());
    for (const auto& list : lists)
      rows.push_back({part.salon.value, *stretch, list.of, part.first, blob{list.messages}});
    insert_many(db(), "INSERT INTO search_grams(salon_id, stretch, gram, part, seqs)", "(?,?,?,?,?)", rows);
    return step::done;
  }

  step finish(const message_span& part, int64_t builder, size_t messages) override {
    if (!held_stretch(part, builder))
      return step::lost;
    if (messages == 0)
      db().run(std::string("DELETE FROM search_parts") + of_part, {part.salon.value, part.first});
    else
      db().run(std::string("UPDATE search_parts SET state = state - 2, ends = ?, messages = ?") + of_part,
               {part.end, limit_of(messages), part.salon.value, part.first});
    return step::done;
  }

  void distrust(const message_span& part) override {
    db().run(std::string("UPDATE search_parts SET state = 1") + of_part + " AND state = 0",
             {part.salon.value, part.first});
  }

private:
  /// The order number of the message that has so many before it, from `first` on; 0: there are not so many.
  int64_t seq_of(salon_id salon, int64_t first, size_t before) const {
    return number_in(db().ask(std::string("SELECT m.seq FROM messages m") + db().words().by_seq
                                  + " WHERE m.salon_id = ? AND m.seq >= ? ORDER BY m.seq LIMIT 1 OFFSET ?",
                              {salon.value, first, limit_of(before)}));
  }

  /// Of a row with short_text_columns() behind the first.
  static std::vector<gram> grams_in(const query_result& row) {
    if (row.is_null(1) || row.bytes(1) > max_text)
      return {any_gram};
    return grams_of(search_form(row.text(1)));
  }

  /// The stretch of the parts before it, as long as that has few.
  int64_t new_stretch(const message_span& part) const {
    const auto before =
        all_in(db().ask("SELECT stretch FROM search_parts WHERE salon_id = ? AND part < ? ORDER BY part DESC LIMIT ?",
                        {part.salon.value, part.first, limit_of(stretch_parts)}),
               [](const query_result& row) { return row.integer(0); });
    const bool full = before.size() == stretch_parts && before.front() == before.back();
    return before.empty() || full ? part.first : before.front();
  }

  /// The stretch of the part, if that is still the builder's; until this transaction ends it stays so.
  std::optional<int64_t> held_stretch(const message_span& part, int64_t builder) const {
    if (db().run(std::string("UPDATE search_parts SET builder = builder") + of_part + " AND builder = ? AND state >= 2",
                 {part.salon.value, part.first, builder})
        == 0)
      return std::nullopt;
    return number_in(
        db().ask(std::string("SELECT stretch FROM search_parts") + of_part, {part.salon.value, part.first}));
  }
};

} // namespace

std::unique_ptr<search_index_store> search_index_over(driver& on) {
  return std::make_unique<sql_search_index>(on);
}

} // namespace salond::persistence
