// How long messages are kept.
#include "persistence/contracts/retention.hpp"
#include "persistence/sql/features.hpp"
#include "persistence/sql/rows.hpp"
#include "persistence/sql/stale_parts.hpp"
#include "protocol/words/retention_days.hpp"
#include <algorithm>
#include <limits>

namespace salond::persistence {
namespace {

// A block's row costs a thousandth of its messages' rows; to look for what is too old in it takes a millisecond.
constexpr int64_t numbers_a_block = 1000;

constexpr int64_t block_of(int64_t number) {
  return number / numbers_a_block;
}

/// A series as statements name it: its rows, its numbers, and the condition that a row belongs to it.
struct series_words {
  std::string table, from, number, is_of;
  parameters values; ///< of the condition
};

series_words words_of(message_series of, const sql_words& words) {
  if (of.is_private())
    return {"private_messages", " FROM private_messages", "pm_id", " WHERE ", {}};
  return {
      "messages", std::string(" FROM messages m") + words.by_seq, "seq", " WHERE salon_id = ? AND ", {of.salon.value}};
}

parameters with(parameters values, std::initializer_list<parameter> more) {
  values.insert(values.end(), more);
  return values;
}

/// Days that nobody can have given (a backup may be made by hand) keep all for good.
std::optional<int64_t> days_in(const query_result& row, int column) {
  if (row.is_null(column))
    return std::nullopt;
  const auto days = row.integer(column);
  return days < 0 || days > max_retention_days ? 0 : days;
}

// A take-over dates messages of which nobody knows how old they are by 1 (mysql/messages_takeover): these stay.
constexpr int64_t unknown_age_ms = 1;
// The row of message_looks which says when the clock was last believed: no salon's, nor the private messages'.
constexpr int64_t of_the_clock = -1;
#define SALOND_IS_OLDER "created_ms < ? AND created_ms > 1"

// Not max() and min(), for which MySQL reads all rows of a salon where the salon is another table's row.
#define SALOND_AGES_OF(salon)                                                                                          \
  "coalesce(l.looked, 0), coalesce(l.untold, 0), (SELECT oldest_ms FROM message_ages a WHERE a.salon_id = " salon      \
  " ORDER BY oldest_ms LIMIT 1)"

aged_series series_in(const query_result& row) {
  aged_series result;
  result.of = {salon_id{row.integer(0)}};
  result.name = row.text(1);
  result.own = days_in(row, 2);
  result.newest = row.integer(3);
  result.looked = row.integer(4);
  result.untold = row.integer(5);
  if (!row.is_null(6))
    result.oldest = from_ms(row.integer(6));
  return result;
}

class sql_retention final : public feature<retention_store> {
public:
  using feature::feature;

  std::optional<int64_t> own_days(salon_id salon) const override {
    const auto found = db().ask("SELECT retention_days FROM salons WHERE salon_id = ?", {salon.value});
    return found->next() ? days_in(*found, 0) : std::nullopt;
  }

  std::vector<std::pair<salon_id, int64_t>> own_days() const override {
    return all_in(
        db().ask("SELECT salon_id, retention_days FROM salons WHERE retention_days IS NOT NULL ORDER BY salon_id"),
        [](const query_result& row) {
          return std::pair{salon_id{row.integer(0)}, *days_in(row, 1)};
        });
  }

  std::optional<moment> clock_believed() const override {
    const auto found = db().ask("SELECT looked FROM message_looks WHERE salon_id = ?", {of_the_clock});
    if (found->next())
      return from_ms(found->integer(0));
    const auto last = db().ask("SELECT at_ms FROM audit ORDER BY audit_id DESC LIMIT 1");
    return last->next() ? std::optional{from_ms(last->integer(0))} : std::nullopt;
  }

  std::vector<aged_series> salons(bool all, salon_id after, size_t most) const override {
    return all_in(
        db().ask(
            std::string("SELECT s.salon_id, s.nom_salon, s.retention_days, coalesce((SELECT seq FROM"
                        " messages m")
                + db().words().by_seq
                + " WHERE m.salon_id = s.salon_id ORDER BY seq DESC LIMIT 1), 0), " SALOND_AGES_OF(
                    "s.salon_id") " FROM salons s LEFT JOIN message_looks l ON l.salon_id = s.salon_id WHERE "
                                  "s.salon_id > ?"
                                  " AND (s.retention_days > 0 OR (s.retention_days IS NULL AND ? = 1) OR l.untold > 0)"
                                  " ORDER BY s.salon_id LIMIT ?",
            {after.value, int64_t{all}, limit_of(most)}),
        series_in);
  }

  aged_series private_messages() const override {
    const auto found =
        db().ask("SELECT 0, '', NULL, coalesce((SELECT max(pm_id) FROM private_messages), 0), " SALOND_AGES_OF(
            "0") " FROM (SELECT 0 AS salon_id) n LEFT JOIN message_looks l"
                 " ON l.salon_id = n.salon_id");
    found->next();
    return series_in(*found);
  }

  found_ages look_at_ages(message_series of, int64_t after, int64_t up_to) const override {
    const auto words = words_of(of, db().words());
    const auto rows =
        all_in(db().ask("SELECT " + words.number + ", created_ms" + words.from + words.is_of + words.number
                            + " > ? AND " + words.number + " <= ? ORDER BY " + words.number + " LIMIT ?",
                        with(words.values, {after, up_to, limit_of(max_looked_at)})),
               [](const query_result& row) {
                 return std::pair{row.integer(0), from_ms(row.integer(1))};
               });
    found_ages result;
    result.looked = rows.size() == max_looked_at ? rows.back().first : up_to;
    for (const auto& [number, at] : rows)
      if (to_ms(at) <= unknown_age_ms)
        continue;
      else if (result.oldest.empty() || result.oldest.back().first != block_of(number))
        result.oldest.emplace_back(block_of(number), at);
      else
        result.oldest.back().second = std::min(result.oldest.back().second, at);
    return result;
  }

  counted_part count_older(message_series of, int64_t after, moment before) const override {
    const auto words = words_of(of, db().words());
    const auto last = number_in(db().ask("SELECT " + words.number + words.from + words.is_of + words.number
                                             + " > ? ORDER BY " + words.number + " LIMIT 1 OFFSET ?",
                                         with(words.values, {after, limit_of(max_looked_at - 1)})));
    constexpr auto all = std::numeric_limits<int64_t>::max();
    const auto count = number_in(db().ask("SELECT count(*)" + words.from + words.is_of + words.number + " > ? AND "
                                              + words.number + " <= ? AND " SALOND_IS_OLDER,
                                          with(words.values, {after, last == 0 ? all : last, to_ms(before)})));
    return {count, last};
  }

  void put_own_days(salon_id salon, std::optional<int64_t> days) override {
    db().run("UPDATE salons SET retention_days = ? WHERE salon_id = ?",
             {days ? parameter(*days) : parameter(nullptr), salon.value});
  }

  std::optional<int64_t> hold_own_days(salon_id salon) override {
    const auto found = db().ask(std::string("SELECT retention_days FROM salons WHERE salon_id = ?") + db().words().held,
                                {salon.value});
    return found->next() ? days_in(*found, 0) : std::nullopt;
  }

  void believe_clock(moment now) override {
    if (db().run("UPDATE message_looks SET looked = ? WHERE salon_id = ?", {to_ms(now), of_the_clock}) == 0)
      db().run("INSERT INTO message_looks(salon_id, looked) VALUES (?, ?)", {of_the_clock, to_ms(now)});
  }

  void put_ages(message_series of, const found_ages& ages) override {
    const std::string lesser = db().words().lesser_of, greater = db().words().greater_of;
    for (const auto& [block, oldest] : ages.oldest)
      if (db().run("UPDATE message_ages SET oldest_ms = " + lesser + "(oldest_ms, ?) WHERE salon_id = ? AND block = ?",
                   {to_ms(oldest), of.salon.value, block})
          == 0)
        db().run("INSERT INTO message_ages(salon_id, block, oldest_ms) VALUES (?, ?, ?)",
                 {of.salon.value, block, to_ms(oldest)});
    if (db().run("UPDATE message_looks SET looked = " + greater + "(looked, ?) WHERE salon_id = ?",
                 {ages.looked, of.salon.value})
        == 0)
      db().run("INSERT INTO message_looks(salon_id, looked) VALUES (?, ?)", {of.salon.value, ages.looked});
  }

  removed_piece remove_older(message_series of, moment before, size_t most) override {
    const auto block = oldest_block(of, before);
    if (!block)
      return {0, true};
    // Locks the row: what another node finds to be older meanwhile is not written over.
    db().run("UPDATE message_ages SET oldest_ms = oldest_ms WHERE salon_id = ? AND block = ?",
             {of.salon.value, *block});
    const auto piece = choose(of, *block, before, most);
    if (piece.count > 0) {
      if (!of.is_private()) { // those are numbered by the database, and in no index of searches
        keep_last_seq(db(), of.salon, piece.last);
        mark_stale(db(), of.salon, piece.first, piece.last);
      }
      const auto words = words_of(of, db().words());
      db().run("DELETE FROM " + words.table + words.is_of + words.number + " >= ? AND " + words.number
                   + " <= ? AND " SALOND_IS_OLDER,
               with(words.values, {piece.first, piece.last, to_ms(before)}));
      db().run("UPDATE message_looks SET untold = untold + ? WHERE salon_id = ?",
               {static_cast<int64_t>(piece.count), of.salon.value});
    }
    if (piece.is_rest)
      find_oldest(of, *block);
    return {piece.count, false};
  }

  int64_t take_untold(message_series of) override {
    const auto count = number_in(db().ask("SELECT untold FROM message_looks WHERE salon_id = ?", {of.salon.value}));
    if (count != 0)
      db().run("UPDATE message_looks SET untold = 0 WHERE salon_id = ?", {of.salon.value});
    return count;
  }

private:
  /// Messages of a block that go together.
  struct chosen {
    size_t count = 0;
    int64_t first = 0, last = 0;
    bool is_rest = true; ///< nothing else in the block is too old
  };

  std::optional<int64_t> oldest_block(message_series of, moment before) const {
    const auto found = db().ask("SELECT block FROM message_ages WHERE salon_id = ? AND oldest_ms < ? ORDER BY oldest_ms"
                                " LIMIT 1",
                                {of.salon.value, to_ms(before)});
    return found->next() ? std::optional{found->integer(0)} : std::nullopt;
  }

  chosen choose(message_series of, int64_t block, moment before, size_t most) const {
    const auto words = words_of(of, db().words());
    const auto first = block * numbers_a_block;
    const auto found = db().ask(
        "SELECT " + words.number + ", " + db().words().text_bytes + words.from + words.is_of + words.number
            + " >= ? AND " + words.number + " < ? AND " SALOND_IS_OLDER " ORDER BY " + words.number + " LIMIT ?",
        with(words.values, {first, first + numbers_a_block, to_ms(before), limit_of(most) + 1}));
    chosen result;
    int64_t bytes = 0;
    bool more = true;
    while (bytes < max_bytes && result.count < most && (more = found->next())) {
      if (result.count++ == 0)
        result.first = found->integer(0);
      result.last = found->integer(0);
      bytes += found->integer(1);
    }
    result.is_rest = bytes < max_bytes && !(more && found->next());
    return result;
  }

  void find_oldest(message_series of, int64_t block) {
    const auto words = words_of(of, db().words());
    const auto first = block * numbers_a_block;
    const auto found = db().ask("SELECT min(created_ms)" + words.from + words.is_of + words.number + " >= ? AND "
                                    + words.number + " < ? AND created_ms > 1",
                                with(words.values, {first, first + numbers_a_block}));
    const bool any = found->next() && !found->is_null(0);
    const auto oldest = any ? found->integer(0) : 0;
    if (any)
      db().run("UPDATE message_ages SET oldest_ms = ? WHERE salon_id = ? AND block = ?",
               {oldest, of.salon.value, block});
    else
      db().run("DELETE FROM message_ages WHERE salon_id = ? AND block = ?", {of.salon.value, block});
  }
};

} // namespace

std::unique_ptr<retention_store> retention_over(driver& on) {
  return std::make_unique<sql_retention>(on);
}

} // namespace salond::persistence
