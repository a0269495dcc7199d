// Messages of salons.
#include "persistence/contracts/messages.hpp"
#include "persistence/sql/features.hpp"
#include "persistence/sql/rows.hpp"
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
         + "clients c ON c.client_id = m.client_id WHERE m.salon_id = ? AND " + words.is_shown;
}

// Not LIKE: it has wildcards, and a limit on how long they are.
std::string holds_text(const sql_words& words) {
  const std::string fold = words.without_case;
  return " AND instr(" + fold + "(m.contenu), " + fold + "(?)) > 0";
}

weighed weighed_in(const query_result& row) {
  return {row.integer(0), weight_of(static_cast<size_t>(row.integer(1)), row.bytes(2))};
}

class sql_messages final : public feature<message_store> {
public:
  using feature::feature;

  std::vector<chat_message> history(salon_id salon, int64_t before, size_t count) const override {
    return last_messages(" AND m.seq < ?", {salon.value, before}, count);
  }

  std::vector<chat_message> search(salon_id salon, const std::string& text, int64_t before,
                                   size_t count) const override {
    return last_messages(" AND m.seq < ?" + holds_text(db().words()), {salon.value, before, text}, count);
  }

  history_page begin_history(salon_id salon, size_t count) const override {
    return history_page_of(salon, "", {}, count);
  }

  history_page begin_search(salon_id salon, const std::string& text, size_t count) const override {
    return history_page_of(salon, holds_text(db().words()), {text}, count);
  }

  searched_part look_through(salon_id salon, const std::string& text, int64_t before, size_t count) const override {
    const auto& words = db().words();
    // By the index alone, of all rows, shown or not.
    const auto first =
        number_in(db().ask(std::string("SELECT m.seq FROM messages m") + words.by_seq
                               + " WHERE m.salon_id = ? AND m.seq < ? ORDER BY m.seq DESC LIMIT 1 OFFSET ?",
                           {salon.value, before, limit_of(max_looked_through - 1)}));
    searched_part part;
    part.found =
        all_in(db().ask(std::string("SELECT m.seq, ") + words.text_bytes + ", c.username" + of_salon(words)
                            + " AND m.seq >= ? AND m.seq < ?" + holds_text(words) + " ORDER BY m.seq DESC LIMIT ?",
                        {salon.value, first, before, text, limit_of(count)}),
               weighed_in);
    part.before = part.found.size() < count ? first : part.found.back().number;
    return part;
  }

  std::vector<chat_message> at(salon_id salon, const std::vector<int64_t>& seqs) const override {
    std::vector<chat_message> result;
    ask_for_each(db(), SALOND_WHOLE_MESSAGE + of_salon(db().words()) + " AND m.seq", {salon.value}, seqs,
                 " ORDER BY m.seq", [&](const query_result& row) { result.push_back(message_in(row)); });
    return result;
  }

  std::optional<std::string> describe(message_id which) const override {
    const auto found =
        db().ask(std::string("SELECT c.username, s.nom_salon FROM messages m JOIN salons s ON s.salon_id = m.salon_id "
                             "LEFT JOIN clients c ON c.client_id = m.client_id WHERE m.message_id = ? AND ")
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
    run_for_each(db(), "UPDATE messages SET contenu = '' WHERE message_id", {}, numbers_of(which));
  }

private:
  /// The last `count` of which `condition` is true, oldest first.
  std::vector<chat_message> last_messages(const std::string& condition, parameters values, size_t count) const {
    values.emplace_back(limit_of(count));
    auto result = all_in(
        db().ask(SALOND_WHOLE_MESSAGE + of_salon(db().words()) + condition + " ORDER BY m.seq DESC LIMIT ?", values),
        message_in);
    std::reverse(result.begin(), result.end());
    return result;
  }

  /// One question where all texts together make up a piece: a text is short where as many of its length as there are
  /// messages do.
  history_page history_page_of(salon_id salon, const std::string& condition, const parameters& values,
                               size_t count) const {
    const auto& words = db().words();
    auto all = max_bytes_of_short(words, max_piece_bytes / std::max<size_t>(count, 1));
    all.emplace_back(salon.value);
    all.insert(all.end(), values.begin(), values.end());
    all.emplace_back(limit_of(count));
    history_page page;
    std::tie(page.messages, page.later) =
        first_piece_in(db().ask(SALOND_MESSAGE + short_text_columns(words) + SALOND_OF_MESSAGE + of_salon(words)
                                    + condition + " ORDER BY m.seq DESC LIMIT ?",
                                all),
                       words, message_in);
    std::reverse(page.messages.begin(), page.messages.end());
    std::reverse(page.later.begin(), page.later.end());
    if (!page.later.empty())
      page.messages = at(salon, take_piece(page.later));
    return page;
  }
};

} // namespace

std::unique_ptr<message_store> messages_over(driver& on) {
  return std::make_unique<sql_messages>(on);
}

} // namespace salond::persistence
