// Private messages.
#include "persistence/sql/rows.hpp"
#include "persistence/sql/sql_store.hpp"
#include <algorithm>
#include <tuple>

namespace salond::persistence {
namespace {

// What most people write at once, and little beside a name.
constexpr size_t short_text = 512;

private_message message_in(const query_result& row) {
  return {private_id{row.integer(0)}, row.text(1), row.text(2), from_ms(row.integer(4))};
}

std::string with_authors(const sql_words& words) {
  return std::string(words.in_this_order) + "clients c ON c.client_id = p.from_client_id ";
}

/// Whether a mailbox has no room for `size` bytes more of an author. REQUIRES: columns of how many wait, their bytes,
/// how many of them are the author's, and the bytes of these.
bool is_mailbox_full(const query_result& row, int64_t size, int first_column) {
  const auto all = row.integer(first_column), bytes = row.integer(first_column + 1);
  const auto own = row.integer(first_column + 2), own_bytes = row.integer(first_column + 3);
  if (all >= store::most_waiting || own >= store::most_waiting_of_one)
    return true;
  return all != 0 && own_bytes + size > store::bytes_left_for(bytes - own_bytes);
}

} // namespace

/// One question where all texts together make up a piece. `rest`, with its values, follows private_messages p.
private_page sql_store::private_page_of(user_id who, const std::string& rest, const parameters& values) {
  const auto& words = db().words();
  auto all = most_bytes_of_short(words, short_text);
  all.insert(all.end(), values.begin(), values.end());
  private_page page;
  std::tie(page.texts, page.later) = first_piece_in(db().ask("SELECT p.pm_id, c.username, " + short_text_columns(words)
                                                                 + ", p.created_ms FROM private_messages p" + rest,
                                                             all),
                                                    words, message_in);
  if (!page.later.empty())
    page.texts = texts_of(who, take_piece(page.later));
  return page;
}

private_page sql_store::private_messages_for(user_id who) {
  return private_page_of(
      who, with_authors(db().words()) + "WHERE p.to_client_id = ? AND p.delivered_ms IS NULL ORDER BY p.pm_id",
      {who.value});
}

private_page sql_store::private_messages_from(user_id who, private_id first) {
  // By number: those that the user was ever told may be many.
  return private_page_of(who,
                         db().words().by_number + with_authors(db().words())
                             + "WHERE p.pm_id >= ? AND p.to_client_id = ? ORDER BY p.pm_id LIMIT ?",
                         {first.value, who.value, most_waiting});
}

std::vector<private_message> sql_store::private_messages(user_id who, const std::vector<private_id>& which) {
  return texts_of(who, numbers_of(which));
}

std::vector<private_message> sql_store::texts_of(user_id who, const std::vector<int64_t>& ids) {
  std::vector<private_message> result;
  const auto& words = db().words();
  ask_for_each(db(),
               std::string("SELECT p.pm_id, c.username, p.contenu, 0, p.created_ms FROM private_messages p")
                   + words.by_number + with_authors(words) + "WHERE p.to_client_id = ? AND p.pm_id",
               {who.value}, ids, " ORDER BY p.pm_id",
               [&](const query_result& row) { result.push_back(message_in(row)); });
  return result;
}

outcome<stored_private> sql_store::store_private(user_id author, const std::string& target_key, const std::string& text,
                                                 moment now) {
  if (!db().has_account(author))
    return fault::unknown_user;
  auto* others = db().among_nodes();
  if (others)
    others->lock_account(target_key); // whoever logs in meanwhile, on any node, sees the text or is seen
  const auto size = static_cast<int64_t>(text.size());
  user_id target;
  std::string username;
  { // one question: each may cost a way to the database and back. SIGNED: MySQL's sums are decimals without it
    const auto found =
        db().ask("SELECT c.client_id, c.username, COUNT(p.pm_id), CAST(COALESCE(SUM(p.bytes), 0) AS SIGNED),"
                 " CAST(COALESCE(SUM(p.from_client_id = ?), 0) AS SIGNED),"
                 " CAST(COALESCE(SUM(CASE WHEN p.from_client_id = ? THEN p.bytes ELSE 0 END), 0) AS SIGNED) "
                 "FROM clients c "
                 "LEFT JOIN private_messages p ON p.to_client_id = c.client_id AND p.delivered_ms IS NULL "
                 "WHERE c.username_key = ? GROUP BY c.client_id, c.username",
                 {author.value, author.value, blob{target_key}});
    if (!found->next())
      return fault::unknown_user;
    if (is_mailbox_full(*found, size, 2))
      return fault::mailbox_full;
    target = user_id{found->integer(0)};
    username = found->text(1);
  }
  db().run("INSERT INTO private_messages(from_client_id, to_client_id, contenu, created_ms, bytes) "
           "VALUES (?, ?, ?, ?, ?)",
           {author.value, target.value, text, to_ms(now), std::min(size, most_bytes_of_one)});
  stored_private made{private_id{db().last_insert_id()}, target, std::move(username)};
  if (others)
    made.runs = others->runs_with(target);
  return made;
}

void sql_store::mark_delivered(const std::vector<private_id>& which, moment now) {
  run_for_each(db(), "UPDATE private_messages SET delivered_ms = ? WHERE delivered_ms IS NULL AND pm_id", {to_ms(now)},
               numbers_of(which));
}

} // namespace salond::persistence
