// Messages of salons.
#include "persistence/contracts/messages.hpp"
#include "persistence/sql/features.hpp"
#include "persistence/sql/rows.hpp"
#include "persistence/sql/stale_parts.hpp"
#include "persistence/sql/text_search.hpp"
#include <algorithm>
#include <tuple>

namespace salond::persistence {
namespace {

// Before and behind the columns of the text and its bytes.
#define SALOND_MESSAGE "SELECT m.seq, c.username, "
#define SALOND_OF_MESSAGE ", m.created_ms, m.message_id"
#define SALOND_WHOLE_MESSAGE SALOND_MESSAGE "m.contenu, 0" SALOND_OF_MESSAGE

chat_message message_in(const query_result& row) {
  return {message_id{row.integer(5)}, row.integer(0), row.text(1), row.text(2), from_ms(row.integer(4))};
}

// Messages first, by the index that has their order: else an old page walks through all newer messages.
std::string of_salon(const sql_words& words) {
  return std::string(" FROM messages m") + words.by_seq + words.in_this_order
         + "clients c ON c.client_id = m.client_id AND c.gone_ms IS NULL WHERE m.salon_id = ? AND " + words.is_shown;
}

class sql_messages final : public feature<message_store> {
public:
  using feature::feature;

  std::vector<chat_message> history(salon_id salon, int64_t before, size_t count) const override {
    auto result =
        all_in(db().ask(SALOND_WHOLE_MESSAGE + of_salon(db().words()) + " AND m.seq < ? ORDER BY m.seq DESC LIMIT ?",
                        {salon.value, before, limit_of(count)}),
               message_in);
    std::reverse(result.begin(), result.end());
    return result;
  }

  /// One question where all texts together make up a piece: a text is short where as many of its length as there are
  /// messages do.
  history_page begin_history(salon_id salon, size_t count) const override {
    const auto& words = db().words();
    auto values = max_bytes_of_short(words, max_piece_bytes / std::max<size_t>(count, 1));
    values.insert(values.end(), {salon.value, limit_of(count)});
    history_page page;
    std::tie(page.messages, page.later) =
        first_piece_in(db().ask(SALOND_MESSAGE + short_text_columns(words) + SALOND_OF_MESSAGE + of_salon(words)
                                    + " ORDER BY m.seq DESC LIMIT ?",
                                values),
                       words, message_in);
    std::reverse(page.messages.begin(), page.messages.end());
    std::reverse(page.later.begin(), page.later.end());
    if (!page.later.empty())
      page.messages = at(salon, take_piece(page.later));
    return page;
  }

  searched_part look_through(salon_id salon, const std::string& text, int64_t before, size_t count) const override {
    return text_search(db(), of_salon(db().words()), salon, text, before, count).run();
  }

  std::vector<chat_message> at(salon_id salon, const std::vector<int64_t>& seqs) const override {
    std::vector<chat_message> result;
    ask_for_each(db(), SALOND_WHOLE_MESSAGE + of_salon(db().words()) + " AND m.seq", {salon.value}, seqs,
                 " ORDER BY m.seq", [&](const query_result& row) { result.push_back(message_in(row)); });
    return result;
  }

  std::optional<std::string> describe(message_id which) const override {
    const auto found = db().ask(
        std::string(
            "SELECT c.username, s.nom_salon FROM messages m JOIN salons s ON s.salon_id = m.salon_id "
            "LEFT JOIN clients c ON c.client_id = m.client_id WHERE m.message_id = ? AND c.gone_ms IS NULL AND ")
            + db().words().is_shown,
        {which.value});
    if (!found->next())
      return std::nullopt;
    return found->text(0) + " (" + found->text(1) + ": message " + std::to_string(which.value) + ")";
  }

  outcome<done> append(const new_message& message) override {
    if (!db().append(message))
      return fault::unknown_user;
    return done{};
  }

  void empty(const std::vector<message_id>& which) override {
    const auto ids = numbers_of(which);
    mark_stale(db(), ids);
    run_for_each(db(), "UPDATE messages SET contenu = '' WHERE message_id", {}, ids);
  }
};

} // namespace

std::unique_ptr<message_store> messages_over(driver& on) {
  return std::make_unique<sql_messages>(on);
}

} // namespace salond::persistence
