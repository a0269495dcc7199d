// Private messages in MySQL and MariaDB.
#include "persistence/mysql/mysql_store.hpp"
#include "persistence/mysql/rows.hpp"
#include "persistence/rows.hpp"
#include <algorithm>

namespace salond::persistence {
namespace {

// What most people write at once, and little beside a name. The driver holds the whole of an answer: longer texts are
// left out of the first, which tells what they weigh.
constexpr int64_t most_shown = 512;

} // namespace

/// One question where all texts are short and make up one piece.
private_page mysql_store::private_page_of(const std::string& where, const std::vector<mysql::value>& parameters) {
  private_page page;
  auto whole = true;
  size_t bytes = 0;
  {
    auto found = db().ask("SELECT p.pm_id, c.username, IF(LENGTH(p.contenu) <= ?, p.contenu, NULL), p.created_ms,"
                          " LENGTH(p.contenu) FROM private_messages p "
                              + where,
                          parameters);
    while (found.next()) {
      private_message row{private_id{found.integer(0)}, found.text(1), found.text(2), from_ms(found.integer(3))};
      page.later.push_back({row.id.value, weight_of(static_cast<size_t>(found.integer(4)), row.author.size())});
      bytes += page.later.back().bytes;
      whole = whole && !found.is_null(2) && bytes <= most_piece_bytes;
      if (whole)
        page.texts.push_back(std::move(row));
    }
  }
  if (whole)
    page.later.clear();
  else
    page.texts = texts_of(take_piece(page.later));
  return page;
}

private_page mysql_store::private_messages_for(user_id who) {
  return private_page_of("JOIN clients c ON c.client_id = p.from_client_id "
                         "WHERE p.to_client_id = ? AND p.delivered_ms IS NULL ORDER BY p.pm_id",
                         {most_shown, who.value});
}

private_page mysql_store::private_messages_from(user_id who, private_id first) {
  // By number: those that the user was ever told may be many.
  return private_page_of("FORCE INDEX (PRIMARY) STRAIGHT_JOIN clients c ON c.client_id = p.from_client_id "
                         "WHERE p.pm_id >= ? AND p.to_client_id = ? ORDER BY p.pm_id LIMIT ?",
                         {most_shown, first.value, who.value, most_waiting});
}

std::vector<private_message> mysql_store::private_messages(user_id, const std::vector<private_id>& which) {
  return texts_of(mysql::numbers_of(which));
}

std::vector<private_message> mysql_store::texts_of(const std::vector<int64_t>& ids) {
  std::vector<private_message> result;
  ask_for_each(
      "SELECT p.pm_id, c.username, p.contenu, p.created_ms FROM private_messages p FORCE INDEX (PRIMARY)"
      " STRAIGHT_JOIN clients c ON c.client_id = p.from_client_id WHERE p.pm_id",
      {}, ids, " ORDER BY p.pm_id", [&](mysql::result& found) {
        while (found.next())
          result.push_back({private_id{found.integer(0)}, found.text(1), found.text(2), from_ms(found.integer(3))});
      });
  return result;
}

outcome<stored_private> mysql_store::store_private(user_id author, const std::string& target_key,
                                                   const std::string& text, moment now) {
  if (!exists(author))
    return fault::unknown_user;
  const auto size = static_cast<int64_t>(text.size());
  user_id target;
  std::string username;
  { // one question: each costs a way to the database and back
    auto found = db().ask("SELECT c.client_id, c.username, COUNT(p.pm_id), CAST(COALESCE(SUM(p.bytes), 0) AS SIGNED),"
                          " CAST(COALESCE(SUM(p.from_client_id = ?), 0) AS SIGNED),"
                          " CAST(COALESCE(SUM(IF(p.from_client_id = ?, p.bytes, 0)), 0) AS SIGNED) FROM clients c "
                          "LEFT JOIN private_messages p ON p.to_client_id = c.client_id AND p.delivered_ms IS NULL "
                          "WHERE c.username_key = ? GROUP BY c.client_id, c.username",
                          {author.value, author.value, target_key});
    if (!found.next())
      return fault::unknown_user;
    if (is_mailbox_full(found, size, 2))
      return fault::mailbox_full;
    target = user_id{found.integer(0)};
    username = found.text(1);
  }
  db().run("INSERT INTO private_messages(from_client_id, to_client_id, contenu, created_ms, bytes) "
           "VALUES (?, ?, ?, ?, ?)",
           {author.value, target.value, text, to_ms(now), std::min(size, most_bytes_of_one)});
  return stored_private{private_id{db().last_insert_id()}, target, std::move(username)};
}

void mysql_store::mark_delivered(const std::vector<private_id>& which, moment now) {
  run_for_each("UPDATE private_messages SET delivered_ms = ? WHERE delivered_ms IS NULL AND pm_id", {to_ms(now)},
               mysql::numbers_of(which));
}

} // namespace salond::persistence
