// Private messages in SQLite.
#include "persistence/column_words.hpp"
#include "persistence/rows.hpp"
#include "persistence/sqlite/sqlite_store.hpp"
#include <algorithm>

namespace salond::persistence {

#define SALOND_PRIVATE                                                                                                 \
  "SELECT p.pm_id, c.username, p.contenu, p.created_ms FROM private_messages p "                                       \
  "CROSS JOIN clients c ON c.client_id = p.from_client_id WHERE "

private_page sqlite_store::private_messages_for(user_id who) {
  auto found = db_->ask(SALOND_PRIVATE "p.to_client_id = ? AND p.delivered_ms IS NULL ORDER BY p.pm_id", who.value);
  return private_page_in(found);
}

private_page sqlite_store::private_messages_from(user_id who, private_id first) {
  // By number: those that the user was ever told may be many. The '+' keeps their index out.
  auto found = db_->ask(SALOND_PRIVATE "+p.to_client_id = ? AND p.pm_id >= ? ORDER BY p.pm_id LIMIT ?", who.value,
                        first.value, most_waiting);
  return private_page_in(found);
}

std::vector<private_message> sqlite_store::private_messages(user_id who, const std::vector<private_id>& which) {
  std::vector<private_message> result;
  for (const auto id : which) {
    auto found = db_->ask(SALOND_PRIVATE "+p.to_client_id = ? AND p.pm_id = ?", who.value, id.value);
    if (found.next())
      result.push_back({id, found.text(1), found.text(2), from_ms(found.integer(3))});
  }
  return result;
}

outcome<stored_private> sqlite_store::store_private(user_id author, const std::string& target_key,
                                                    const std::string& text, moment now) {
  const auto target = find_user(target_key);
  if (!target || !user_of(author))
    return fault::unknown_user;
  const auto size = static_cast<int64_t>(text.size());
  {
    auto waiting = db_->ask("SELECT count(*), coalesce(sum(bytes), 0), coalesce(sum(from_client_id = ?1), 0), "
                            "coalesce(sum(iif(from_client_id = ?1, bytes, 0)), 0) FROM private_messages "
                            "WHERE to_client_id = ?2 AND delivered_ms IS NULL",
                            author.value, target->id.value);
    if (waiting.next() && is_mailbox_full(waiting, size))
      return fault::mailbox_full;
  }
  db_->run("INSERT INTO private_messages(from_client_id, to_client_id, contenu, created_ms, bytes) "
           "VALUES (?, ?, ?, ?, ?)",
           author.value, target->id.value, text, to_ms(now), std::min(size, most_bytes_of_one));
  return stored_private{private_id{db_->last_insert_id()}, target->id, target->username};
}

void sqlite_store::mark_delivered(const std::vector<private_id>& which, moment now) {
  for (const auto id : which)
    db_->run("UPDATE private_messages SET delivered_ms = ? WHERE pm_id = ? AND delivered_ms IS NULL", to_ms(now),
             id.value);
}

} // namespace salond::persistence
