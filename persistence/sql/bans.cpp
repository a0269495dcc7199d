// Kicks and bans.
#include "persistence/sql/rows.hpp"
#include "persistence/sql/sql_store.hpp"
#include "protocol/words/lookalikes.hpp"
#include "protocol/words/names.hpp"

namespace salond::persistence {

bool sql_store::banned_for_good(const std::string& username_key) {
  lock_names();
  return db().ask("SELECT 1 FROM bans WHERE username_key = ? AND until_ms IS NULL", {blob{username_key}})->next();
}

std::optional<std::string> sql_store::out_as(const std::string& username_key, moment now) {
  const auto found = db().ask("SELECT username FROM bans WHERE username_key = ? AND (until_ms IS NULL OR until_ms > ?)",
                              {blob{username_key}, to_ms(now)});
  return found->next() ? std::optional(found->text(0)) : std::nullopt;
}

void sql_store::put_ban(const user& target, std::optional<moment> until, const decision& why) {
  const auto key = key_of(target.username);
  const auto looks = skeletons_of(target.username);
  end_ban(key);
  db().run("INSERT INTO bans(username_key, username, look_folded, look_spelled, until_ms, created_ms, by_whom, reason)"
           " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
           {blob{key}, target.username, blob{looks.folded}, blob{looks.spelled},
            until ? parameter(to_ms(*until)) : parameter(nullptr), to_ms(why.at), why.by, why.reason});
  tell_nodes({fact::kind::out, target.id, {}, target.username});
}

void sql_store::end_ban(const std::string& username_key) {
  if (db().run("DELETE FROM bans WHERE username_key = ?", {blob{username_key}}) > 0)
    tell_nodes({fact::kind::out, {}, {}, username_key});
}

void sql_store::forget_kicks(moment now) {
  db().run("DELETE FROM bans WHERE until_ms <= ?", {to_ms(now)});
}

void sql_store::delete_account(user_id who) {
  if (auto* others = db().among_nodes())
    others->lock_account(who); // what others have in flight of this author is committed then
  // Before messages go: their order numbers are never used again. Of every salon: an index knows the highest of each.
  db().run("UPDATE salons SET last_seq = (SELECT max(seq) FROM messages m WHERE m.salon_id = salons.salon_id) "
           "WHERE last_seq < (SELECT max(seq) FROM messages m WHERE m.salon_id = salons.salon_id)");
  db().delete_account(who);
  tell_nodes({fact::kind::account, who, {}, {}});
}

std::vector<salond::ban> sql_store::bans(moment now) {
  return all_in(db().ask("SELECT username_key, username, until_ms, created_ms, by_whom, reason FROM bans "
                         "WHERE until_ms IS NULL OR until_ms > ? ORDER BY username_key",
                         {to_ms(now)}),
                [](const query_result& row) -> salond::ban {
                  const auto until = row.is_null(2) ? std::nullopt : std::optional(from_ms(row.integer(2)));
                  return {row.text(0), row.text(1), until, from_ms(row.integer(3)), row.text(4), row.text(5)};
                });
}

void sql_store::forget_beside(const user& who) {
  db().forget_beside(who);
}

} // namespace salond::persistence
