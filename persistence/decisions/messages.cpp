#include "persistence/decisions/messages.hpp"
#include "persistence/contracts/messages.hpp"
#include "persistence/contracts/rows.hpp"
#include "persistence/decisions/audit.hpp"
#include "persistence/named_values.hpp"

namespace salond::persistence::decisions {

outcome<done> delete_message(const writing& db, message_id which, const decision& why) {
  wait_for_turn(db);
  const auto whom = db.messages.describe(which);
  if (!whom)
    return refuse(db, why, audited::delete_message, "message " + std::to_string(which.value), fault::no_such_message);
  db.messages.empty({which});
  note(db, why, audited::delete_message, *whom);
  return done{};
}

int64_t next_message(const reading& db) {
  return db.rows.next_number(table_named("messages"));
}

deleted_part delete_messages_of(const writing& db, user_id author, const messages_meant& meant, const table_row& after,
                                size_t most) {
  const auto& table = table_named("messages");
  auto rows = db.rows.with(table, column_named(table, "client_id"), author.value, after, most);
  std::vector<message_id> which;
  bool over = rows.empty();
  for (const auto& values : rows) {
    const named_values row(table, values);
    const auto posted = from_ms(row.number("created_ms"));
    const auto id = row.number("message_id");
    over = over || id >= meant.below;
    if (!over && (!meant.since || posted >= *meant.since) && (!meant.until || posted < *meant.until)
        && !row.text("contenu").empty())
      which.push_back(message_id{id});
  }
  db.messages.empty(which);
  return {which.size(), over ? table_row{} : std::move(rows.back())};
}

} // namespace salond::persistence::decisions
