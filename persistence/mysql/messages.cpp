// Messages of salons in MySQL and MariaDB.
#include "persistence/mysql/mysql_store.hpp"
#include "persistence/mysql/rows.hpp"
#include <algorithm>

namespace salond::persistence {
namespace {

constexpr size_t most_pending = 256;
// What a row has besides its text, amply.
constexpr size_t row_overhead = 64;

// In the order in which they are asked for.
std::vector<chat_message> messages_in(mysql::result& found) {
  std::vector<chat_message> result;
  while (found.next())
    result.push_back(
        {message_id{found.integer(0)}, found.integer(1), found.text(2), found.text(3), from_ms(found.integer(4))});
  return result;
}

// Asked for newest first, given oldest first.
std::vector<chat_message> reversed_messages_in(mysql::result& found) {
  auto result = messages_in(found);
  std::reverse(result.begin(), result.end());
  return result;
}

// Without the index named, an old page walks through all newer messages. LENGTH, for ' ' = '' in this collation.
#define SALOND_HISTORY_FROM                                                                                            \
  " FROM messages m FORCE INDEX (uq_messages_seq) STRAIGHT_JOIN clients c ON c.client_id = m.client_id"                \
  " WHERE m.salon_id = ? AND LENGTH(m.contenu) > 0"

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
  auto found = db().ask("SELECT m.message_id, m.seq, c.username, m.contenu, m.created_ms" SALOND_HISTORY_FROM
                        " AND m.seq < ? ORDER BY m.seq DESC LIMIT ?",
                        {salon.value, before, limit_of(count)});
  return reversed_messages_in(found);
}

/// One question where all texts are short. The driver holds the whole of an answer: so the long ones are left out of
/// the first, which tells what they weigh.
history_page mysql_store::history_page_of(salon_id salon, const std::string& condition,
                                          const std::vector<mysql::value>& parameters, size_t count) {
  const auto most_shown = static_cast<int64_t>(most_piece_bytes / std::max<size_t>(count, 1));
  std::vector<mysql::value> all{most_shown, salon.value};
  all.insert(all.end(), parameters.begin(), parameters.end());
  all.emplace_back(limit_of(count));
  history_page page;
  auto whole = true;
  size_t bytes = 0;
  {
    auto found = db().ask("SELECT m.message_id, m.seq, c.username, IF(LENGTH(m.contenu) <= ?, m.contenu, NULL),"
                          " m.created_ms, LENGTH(m.contenu)" SALOND_HISTORY_FROM
                              + condition + " ORDER BY m.seq DESC LIMIT ?",
                          all);
    while (found.next()) {
      chat_message row{message_id{found.integer(0)}, found.integer(1), found.text(2), found.text(3),
                       from_ms(found.integer(4))};
      page.later.push_back({row.seq, weight_of(static_cast<size_t>(found.integer(5)), row.author.size())});
      bytes += page.later.back().bytes;
      whole = whole && !found.is_null(3) && bytes <= most_piece_bytes;
      if (whole)
        page.messages.push_back(std::move(row));
    }
  }
  std::reverse(page.messages.begin(), page.messages.end());
  std::reverse(page.later.begin(), page.later.end());
  if (whole)
    page.later.clear();
  else
    page.messages = messages_at(salon, take_piece(page.later));
  return page;
}

history_page mysql_store::begin_history(salon_id salon, size_t count) {
  return history_page_of(salon, "", {}, count);
}

std::vector<chat_message> mysql_store::messages_at(salon_id salon, const std::vector<int64_t>& seqs) {
  std::vector<chat_message> result;
  ask_for_each("SELECT m.message_id, m.seq, c.username, m.contenu, m.created_ms" SALOND_HISTORY_FROM " AND m.seq",
               {salon.value}, seqs, " ORDER BY m.seq", [&](mysql::result& found) {
                 for (auto& message : messages_in(found))
                   result.push_back(std::move(message));
               });
  return result;
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

// Not LIKE: it has wildcards.
#define SALOND_FOUND " AND LOCATE(LOWER(?), LOWER(m.contenu)) > 0"

std::vector<chat_message> mysql_store::search(salon_id salon, const std::string& text, int64_t before, size_t count) {
  auto found = db().ask("SELECT m.message_id, m.seq, c.username, m.contenu, m.created_ms" SALOND_HISTORY_FROM
                        " AND m.seq < ?" SALOND_FOUND " ORDER BY m.seq DESC LIMIT ?",
                        {salon.value, before, text, limit_of(count)});
  return reversed_messages_in(found);
}

history_page mysql_store::begin_search(salon_id salon, const std::string& text, size_t count) {
  return history_page_of(salon, SALOND_FOUND, {text}, count);
}

} // namespace salond::persistence
