// Messages of salons and private messages in MySQL and MariaDB.
#include "persistence/mysql/mysql_store.hpp"
#include "persistence/mysql/rows.hpp"
#include <algorithm>

namespace salond::persistence {
namespace {

// A mailbox that nobody empties must not fill the disk, nor one sender keep the others out: docs/text-protocol.md.
constexpr int64_t most_waiting = 1000;
constexpr int64_t most_waiting_of_one = 100;

constexpr size_t most_pending = 256;
// What a row has besides its text, amply.
constexpr size_t row_overhead = 64;

// Asked for newest first, given oldest first.
std::vector<chat_message> messages_in(mysql::result& found) {
  std::vector<chat_message> result;
  while (found.next())
    result.push_back(
        {message_id{found.integer(0)}, found.integer(1), found.text(2), found.text(3), from_ms(found.integer(4))});
  std::reverse(result.begin(), result.end());
  return result;
}

} // namespace

bool mysql_store::exists(user_id who) {
  if (known_authors_.count(who))
    return true;
  if (!bare().number("SELECT 1 FROM clients WHERE client_id = ?", {who.value})) // nothing appended could change it
    return false;
  known_authors_.insert(who);
  return true;
}

outcome<done> mysql_store::append(const new_message& what) {
  if (!exists(what.author))
    return fault::unknown_user;
  // A quarter: what the packet carries besides is small, but the server's own limits are not ours to know.
  if (pending_.size() >= most_pending || pending_bytes_ + what.text.size() + row_overhead > bare().max_packet() / 4)
    flush();
  pending_bytes_ += what.text.size() + row_overhead;
  pending_.push_back(what);
  return done{};
}

std::vector<chat_message> mysql_store::history(salon_id salon, int64_t before, size_t count) {
  // Without the index named, an old page walks through all newer messages. LENGTH, for ' ' = '' in this collation.
  auto found = db().ask("SELECT m.message_id, m.seq, c.username, m.contenu, m.created_ms "
                        "FROM messages m FORCE INDEX (uq_messages_seq) STRAIGHT_JOIN clients c "
                        "ON c.client_id = m.client_id WHERE m.salon_id = ? AND m.seq < ? AND LENGTH(m.contenu) > 0 "
                        "ORDER BY m.seq DESC LIMIT ?",
                        {salon.value, before, limit_of(count)});
  return messages_in(found);
}

std::optional<std::string> mysql_store::describe_message(message_id which) {
  auto found = db().ask("SELECT c.username, s.nom_salon FROM messages m JOIN salons s ON s.salon_id = m.salon_id "
                        "LEFT JOIN clients c ON c.client_id = m.client_id "
                        "WHERE m.message_id = ? AND LENGTH(m.contenu) > 0",
                        {which.value});
  if (!found.next())
    return std::nullopt;
  return found.text(0) + " (" + found.text(1) + ": message " + std::to_string(which.value) + ")";
}

void mysql_store::empty_message(message_id which) {
  db().run("UPDATE messages SET contenu = '' WHERE message_id = ?", {which.value});
}

std::vector<chat_message> mysql_store::search(salon_id salon, const std::string& text, int64_t before, size_t count) {
  // Not LIKE: it has wildcards.
  auto found = db().ask("SELECT m.message_id, m.seq, c.username, m.contenu, m.created_ms "
                        "FROM messages m FORCE INDEX (uq_messages_seq) STRAIGHT_JOIN clients c "
                        "ON c.client_id = m.client_id WHERE m.salon_id = ? AND m.seq < ? AND LENGTH(m.contenu) > 0 "
                        "AND LOCATE(LOWER(?), LOWER(m.contenu)) > 0 ORDER BY m.seq DESC LIMIT ?",
                        {salon.value, before, text, limit_of(count)});
  return messages_in(found);
}

outcome<stored_private> mysql_store::store_private(user_id author, const std::string& target_key,
                                                   const std::string& text, moment now) {
  if (!exists(author))
    return fault::unknown_user;
  user_id target;
  std::string username;
  { // one question: each costs a way to the database and back
    auto found = db().ask("SELECT c.client_id, c.username, COUNT(p.pm_id), "
                          "CAST(COALESCE(SUM(p.from_client_id = ?), 0) AS SIGNED) FROM clients c "
                          "LEFT JOIN private_messages p ON p.to_client_id = c.client_id AND p.delivered_ms IS NULL "
                          "WHERE c.username_key = ? GROUP BY c.client_id, c.username",
                          {author.value, target_key});
    if (!found.next())
      return fault::unknown_user;
    if (found.integer(2) >= most_waiting || found.integer(3) >= most_waiting_of_one)
      return fault::mailbox_full;
    target = user_id{found.integer(0)};
    username = found.text(1);
  }
  db().run("INSERT INTO private_messages(from_client_id, to_client_id, contenu, created_ms) VALUES (?, ?, ?, ?)",
           {author.value, target.value, text, to_ms(now)});
  return stored_private{private_id{db().last_insert_id()}, target, std::move(username)};
}

void mysql_store::mark_delivered(const std::vector<private_id>& which, moment now) {
  run_for_each("UPDATE private_messages SET delivered_ms = ? WHERE delivered_ms IS NULL AND pm_id", {to_ms(now)},
               mysql::numbers_of(which));
}

} // namespace salond::persistence
