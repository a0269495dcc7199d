// Messages of salons and private messages in SQLite.
#include "persistence/column_words.hpp"
#include "persistence/sqlite/sqlite_store.hpp"
#include <algorithm>

namespace salond::persistence {
namespace {

// A mailbox that nobody empties must not fill the disk, nor one sender keep the others out: docs/text-protocol.md.
constexpr int64_t most_waiting = 1000;
constexpr int64_t most_waiting_of_one = 100;

// Asked for newest first, given oldest first.
std::vector<chat_message> messages_in(sqlite::query& found) {
  std::vector<chat_message> result;
  while (found.next())
    result.push_back(
        {message_id{found.integer(0)}, found.integer(1), found.text(2), found.text(3), from_ms(found.integer(4))});
  std::reverse(result.begin(), result.end());
  return result;
}

} // namespace

using sqlite::blob;

outcome<done> sqlite_store::append(const new_message& what) {
  try {
    // The hottest statement of all: the foreign key itself is the look at the author, a second one would cost again.
    db_->run("INSERT INTO messages(client_id, salon_id, seq, contenu, created_ms) VALUES (?, ?, ?, ?, ?)",
             what.author.value, what.salon.value, what.seq, what.text, to_ms(what.at));
    return done{};
  } catch (const store_error& why) {
    // A constraint undoes its statement alone, so that nothing of the neighbours is lost by this answer.
    if (why.what_kind() == store_error::kind::refused && !user_of(what.author))
      return fault::unknown_user;
    throw;
  }
}

std::vector<chat_message> sqlite_store::history(salon_id salon, int64_t before, size_t count) {
  // CROSS JOIN: messages first, by the index that has their order.
  auto found = db_->ask("SELECT m.message_id, m.seq, c.username, m.contenu, m.created_ms "
                        "FROM messages m CROSS JOIN clients c ON c.client_id = m.client_id "
                        "WHERE m.salon_id = ? AND m.seq < ? AND m.contenu <> '' ORDER BY m.seq DESC LIMIT ?",
                        salon.value, before, limit_of(count));
  return messages_in(found);
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

std::vector<chat_message> sqlite_store::search(salon_id salon, const std::string& text, int64_t before, size_t count) {
  // Not LIKE: it has wildcards, and a limit on how long they are.
  auto found = db_->ask("SELECT m.message_id, m.seq, c.username, m.contenu, m.created_ms "
                        "FROM messages m CROSS JOIN clients c ON c.client_id = m.client_id "
                        "WHERE m.salon_id = ? AND m.seq < ? AND m.contenu <> '' "
                        "AND instr(lower(m.contenu), lower(?)) > 0 ORDER BY m.seq DESC LIMIT ?",
                        salon.value, before, text, limit_of(count));
  return messages_in(found);
}

outcome<stored_private> sqlite_store::store_private(user_id author, const std::string& target_key,
                                                    const std::string& text, moment now) {
  const auto target = find_user(target_key);
  if (!target || !user_of(author))
    return fault::unknown_user;
  {
    auto waiting = db_->ask("SELECT count(*), coalesce(sum(from_client_id = ?), 0) FROM private_messages "
                            "WHERE to_client_id = ? AND delivered_ms IS NULL",
                            author.value, target->id.value);
    if (waiting.next() && (waiting.integer(0) >= most_waiting || waiting.integer(1) >= most_waiting_of_one))
      return fault::mailbox_full;
  }
  db_->run("INSERT INTO private_messages(from_client_id, to_client_id, contenu, created_ms) VALUES (?, ?, ?, ?)",
           author.value, target->id.value, text, to_ms(now));
  return stored_private{private_id{db_->last_insert_id()}, target->id, target->username};
}

void sqlite_store::mark_delivered(const std::vector<private_id>& which, moment now) {
  for (const auto id : which)
    db_->run("UPDATE private_messages SET delivered_ms = ? WHERE pm_id = ? AND delivered_ms IS NULL", to_ms(now),
             id.value);
}

} // namespace salond::persistence
