// Accounts that are gone while their messages go on going.
#include "persistence/contracts/departures.hpp"
#include "persistence/sql/features.hpp"
#include "persistence/sql/rows.hpp"
#include "persistence/sql/stale_parts.hpp"
#include <algorithm>
#include <map>

namespace salond::persistence {
namespace {

// So many go in an instant. In SQLite an eighth of an index is read for what an author wrote: of so many messages in
// all that is milliseconds.
constexpr int64_t few_messages = 500, messages_of_all = 200000;
constexpr int64_t max_bytes = 1 << 20; // of one piece

#define SALOND_DEPARTURE "SELECT gone_id, receipt, messages, private_messages, reached, ended_ms FROM departures "

departure departure_in(const query_result& row) {
  return {user_id{row.integer(0)}, row.integer(1), row.integer(2), row.integer(3), row.integer(4), !row.is_null(5)};
}

class sql_departures final : public feature<departure_store> {
public:
  sql_departures(driver& on, known_mailboxes& known) : feature(on), known_(known) {}

  bool takes_long(user_id who) const override {
    const auto many = [&](const std::string& condition) {
      return db().ask("SELECT 1 FROM " + condition + " LIMIT 1 OFFSET ?", {who.value, few_messages})->next();
    };
    return number_in(db().ask("SELECT max(message_id) FROM messages")) > messages_of_all
           || number_in(db().ask("SELECT max(pm_id) FROM private_messages")) > messages_of_all
           || many("messages WHERE " + db().words().is_user("client_id"))
           || many("private_messages WHERE " + db().words().is_user("from_client_id"))
           || many("private_messages WHERE " + db().words().is_user("to_client_id"));
  }

  std::vector<departure> all() const override {
    return all_in(db().ask(SALOND_DEPARTURE "WHERE ended_ms IS NULL ORDER BY since_ms, gone_id"), departure_in);
  }

  std::optional<departure> of(user_id who) const override {
    const auto found = db().ask(SALOND_DEPARTURE "WHERE gone_id = ?", {who.value});
    return found->next() ? std::optional{departure_in(*found)} : std::nullopt;
  }

  departing_messages find_messages(const departure& of, size_t most) const override {
    const auto& words = db().words();
    const auto found =
        db().ask(std::string("SELECT message_id, salon_id, seq, ") + words.text_bytes + " FROM messages WHERE "
                     + words.is_user("client_id") + " AND message_id > ? ORDER BY message_id LIMIT ?",
                 {of.who.value, of.reached, limit_of(most)});
    departing_messages result;
    std::map<salon_id, int64_t> highest;
    int64_t bytes = 0;
    while (bytes < max_bytes && found->next()) {
      result.which.push_back(message_id{found->integer(0)});
      auto& number = highest[salon_id{found->integer(1)}];
      number = std::max(number, found->integer(2));
      bytes += found->integer(3);
    }
    result.highest.assign(highest.begin(), highest.end());
    result.are_last = bytes < max_bytes && result.which.size() < most;
    return result;
  }

  // In SQLite in the order of the index, so that what was looked through is not looked through again. MySQL's indexes
  // hold the user's alone, and those that were found before are gone.
  departing_private find_private(user_id who, private_place from, size_t most) const override {
    const auto& words = db().words();
    const auto column = from.received ? "to_client_id" : "from_client_id";
    std::string statement = "SELECT pm_id FROM private_messages WHERE " + words.is_user(column);
    parameters values{who.value};
    if (words.by_eighths) {
      statement += " AND pm_id > ? ORDER BY pm_id";
      values.emplace_back(from.after);
    }
    values.emplace_back(limit_of(most));
    departing_private result;
    result.which = all_in(db().ask(statement + " LIMIT ?", values),
                          [](const query_result& row) { return private_id{row.integer(0)}; });
    if (result.which.size() == most)
      result.next = {from.received, result.which.back().value};
    else if (from.received)
      result.are_last = true;
    else
      result.next = {true, 0};
    return result;
  }

  void begin(user_id who, moment now) override {
    if (auto* others = db().among_nodes())
      others->lock_account(who); // what others have in flight of this author is committed then
    db().run("DELETE FROM salons_adheres WHERE username = (SELECT username FROM clients WHERE client_id = ?)",
             {who.value});
    for (const std::string table : {"join_requests", "moderators", "notices", "sessions", "known_addresses"})
      db().run("DELETE FROM " + table + " WHERE client_id = ?", {who.value});
    // A name that nobody else can have, or look like.
    const auto name = "\n" + std::to_string(who.value);
    db().run("UPDATE clients SET username = ?, username_key = ?, alias = ?, alias_key = ?, look_folded = ?,"
             " look_spelled = ?, password_hash = '', status = 'disconnected', role = 'user', disabled_ms = ?,"
             " last_seen_ms = NULL, gone_ms = ? WHERE client_id = ?",
             {name, blob{name}, name, blob{name}, blob{name}, blob{name}, to_ms(now), to_ms(now), who.value});
    db().forget_author(who);
    known_.forget_owners();
    db().run("INSERT INTO departures(gone_id, since_ms) VALUES (?, ?)", {who.value, to_ms(now)});
    tell_nodes({fact::kind::account, who, {}, {}});
  }

  void put_receipt(user_id who, int64_t receipt) override {
    db().run("UPDATE departures SET receipt = ? WHERE gone_id = ?", {receipt, who.value});
  }

  void remove(user_id who, const departing_messages& some) override {
    if (some.which.empty())
      return;
    for (const auto& [salon, number] : some.highest)
      keep_last_seq(db(), salon, number);
    mark_stale(db(), numbers_of(some.which));
    // Numbers may be another's by now, where the newest ones went.
    const auto before = number_in(db().ask("SELECT messages FROM departures WHERE gone_id = ?", {who.value}));
    const auto gone = run_for_each(db(), "DELETE FROM messages WHERE client_id = ? AND message_id", {who.value},
                                   numbers_of(some.which));
    const std::string greater = db().words().greater_of;
    db().run("UPDATE departures SET messages = ?, reached = " + greater + "(reached, ?) WHERE gone_id = ?",
             {before + gone, some.which.back().value, who.value});
  }

  void remove_private(user_id who, const std::vector<private_id>& which) override {
    const auto count = run_for_each(db(), "DELETE FROM private_messages WHERE pm_id", {}, numbers_of(which));
    db().run("UPDATE departures SET private_messages = private_messages + ? WHERE gone_id = ?", {count, who.value});
  }

  void end(user_id who, moment now) override {
    const auto reached = number_in(db().ask("SELECT reached FROM departures WHERE gone_id = ?", {who.value}));
    mark_stale_of(db(), who);
    db().run("DELETE FROM messages WHERE " + db().words().is_user("client_id") + " AND message_id > ?",
             {who.value, reached});
    db().run("DELETE FROM clients WHERE client_id = ?", {who.value}); // what else refers to it goes by its foreign keys
    db().run("UPDATE departures SET ended_ms = ? WHERE gone_id = ? AND ended_ms IS NULL", {to_ms(now), who.value});
  }

  void forget(moment then) override { db().run("DELETE FROM departures WHERE ended_ms < ?", {to_ms(then)}); }

private:
  known_mailboxes& known_;
};

} // namespace

std::unique_ptr<departure_store> departures_over(driver& on, known_mailboxes& known) {
  return std::make_unique<sql_departures>(on, known);
}

} // namespace salond::persistence
