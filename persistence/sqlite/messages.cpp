// Messages of salons in SQLite.
#include "persistence/column_words.hpp"
#include "persistence/sqlite/sqlite_store.hpp"
#include <algorithm>

namespace salond::persistence {
namespace {

chat_message message_in(const sqlite::query& found) {
  return {message_id{found.integer(0)}, found.integer(1), found.text(2), found.text(3), from_ms(found.integer(4))};
}

// Asked for newest first, given oldest first.
std::vector<chat_message> messages_in(sqlite::query& found) {
  std::vector<chat_message> result;
  while (found.next())
    result.push_back(message_in(found));
  std::reverse(result.begin(), result.end());
  return result;
}

/// The answer of history() as a page: whole while it fits a piece, else the weights of all alone. One text at a time is
/// held beside it.
history_page page_in(sqlite::query& found) {
  history_page page;
  size_t bytes = 0;
  while (found.next()) {
    page.later.push_back({found.integer(1), weight_of(found.bytes(3), found.bytes(2))});
    bytes += page.later.back().bytes;
    if (bytes > most_piece_bytes)
      page.messages.clear();
    else
      page.messages.push_back(message_in(found));
  }
  if (bytes <= most_piece_bytes)
    page.later.clear();
  std::reverse(page.messages.begin(), page.messages.end());
  std::reverse(page.later.begin(), page.later.end());
  return page;
}

} // namespace

outcome<done> sqlite_store::append(const new_message& what) {
  // The hottest statement of all. Out of `clients`, for messages have no foreign key to their author.
  const auto rows = db_->run("INSERT INTO messages(client_id, salon_id, seq, contenu, created_ms) "
                             "SELECT client_id, ?2, ?3, ?4, ?5 FROM clients WHERE client_id = ?1",
                             what.author.value, what.salon.value, what.seq, what.text, to_ms(what.at));
  if (rows == 0)
    return fault::unknown_user;
  return done{};
}

// CROSS JOIN: messages first, by the index that has their order.
#define SALOND_HISTORY                                                                                                 \
  "SELECT m.message_id, m.seq, c.username, m.contenu, m.created_ms "                                                   \
  "FROM messages m CROSS JOIN clients c ON c.client_id = m.client_id "                                                 \
  "WHERE m.salon_id = ? AND m.contenu <> '' "

std::vector<chat_message> sqlite_store::history(salon_id salon, int64_t before, size_t count) {
  auto found =
      db_->ask(SALOND_HISTORY "AND m.seq < ? ORDER BY m.seq DESC LIMIT ?", salon.value, before, limit_of(count));
  return messages_in(found);
}

history_page sqlite_store::begin_history(salon_id salon, size_t count) {
  history_page page;
  {
    auto found = db_->ask(SALOND_HISTORY "ORDER BY m.seq DESC LIMIT ?", salon.value, limit_of(count));
    page = page_in(found);
  }
  add_first_piece(page, salon);
  return page;
}

void sqlite_store::add_first_piece(history_page& to, salon_id salon) {
  if (!to.later.empty())
    to.messages = messages_at(salon, take_piece(to.later));
}

std::vector<chat_message> sqlite_store::messages_at(salon_id salon, const std::vector<int64_t>& seqs) {
  std::vector<chat_message> result;
  for (const auto seq : seqs) {
    auto found = db_->ask(SALOND_HISTORY "AND m.seq = ?", salon.value, seq);
    if (found.next())
      result.push_back(message_in(found));
  }
  return result;
}

std::optional<std::string> sqlite_store::describe_message(message_id which) {
  auto found = db_->ask("SELECT c.username, s.nom_salon FROM messages m JOIN salons s ON s.salon_id = m.salon_id "
                        "LEFT JOIN clients c ON c.client_id = m.client_id WHERE m.message_id = ? AND m.contenu <> ''",
                        which.value);
  if (!found.next())
    return std::nullopt;
  return found.text(0) + " (" + found.text(1) + ": message " + std::to_string(which.value) + ")";
}

void sqlite_store::empty_message(message_id which) {
  db_->run("UPDATE messages SET contenu = '' WHERE message_id = ?", which.value);
}

// Not LIKE: it has wildcards, and a limit on how long they are.
#define SALOND_FOUND "AND instr(lower(m.contenu), lower(?)) > 0 ORDER BY m.seq DESC LIMIT ?"

std::vector<chat_message> sqlite_store::search(salon_id salon, const std::string& text, int64_t before, size_t count) {
  auto found = db_->ask(SALOND_HISTORY "AND m.seq < ? " SALOND_FOUND, salon.value, before, text, limit_of(count));
  return messages_in(found);
}

history_page sqlite_store::begin_search(salon_id salon, const std::string& text, size_t count) {
  history_page page;
  {
    auto found = db_->ask(SALOND_HISTORY SALOND_FOUND, salon.value, text, limit_of(count));
    page = page_in(found);
  }
  add_first_piece(page, salon);
  return page;
}

} // namespace salond::persistence
