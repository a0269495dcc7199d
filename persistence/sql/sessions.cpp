// Who is connected, where owners of accounts were, and tokens.
#include "persistence/contracts/sessions.hpp"
#include "persistence/sql/features.hpp"
#include "persistence/sql/rows.hpp"
#include <algorithm>

namespace salond::persistence {
namespace {

constexpr auto sweep_interval = std::chrono::hours{1};

class sql_sessions final : public feature<session_store> {
public:
  using feature::feature;

  // One question, of a row a membership: each may cost a way to the database and back, and many may arrive at once.
  std::optional<standing> standing_of(user_id who, moment now) const override {
    const auto found = db().ask(
        "SELECT b.username_key, b.until_ms, EXISTS(SELECT 1 FROM notices n WHERE n.client_id = c.client_id),"
        " EXISTS(SELECT 1 FROM private_messages p WHERE p.to_client_id = c.client_id AND p.delivered_ms IS NULL),"
        " s.salon_id, c.disabled_ms, c.username, c.role, c.password_hash FROM clients c "
        "LEFT JOIN bans b ON b.username_key = c.username_key AND (b.until_ms IS NULL OR b.until_ms > ?) "
        "LEFT JOIN salons_adheres a ON a.username = c.username "
        "LEFT JOIN salons s ON s.salon_id = a.salon_id AND s.archived_ms IS NULL "
        "WHERE c.client_id = ? AND c.gone_ms IS NULL ORDER BY s.salon_id",
        {to_ms(now), who.value});
    if (!found->next())
      return std::nullopt;
    const bool out = !found->is_null(0), for_good = found->is_null(1);
    standing result{out && for_good,
                    out && !for_good,
                    !found->is_null(5),
                    found->integer(2) != 0,
                    found->integer(3) != 0,
                    {},
                    {who, found->text(6), {}, found->text(8), role_of(found->text(7))}};
    do {
      if (!found->is_null(4))
        result.salons.push_back(salon_id{found->integer(4)});
    } while (found->next());
    return result;
  }

  std::vector<known_address> known_addresses(moment since, size_t most) const override {
    auto result = all_in(
        db().ask("SELECT c.client_id, c.username_key, k.address, k.last_ms FROM known_addresses k "
                 "JOIN clients c ON c.client_id = k.client_id WHERE k.last_ms > ? ORDER BY k.last_ms DESC LIMIT ?",
                 {to_ms(since), limit_of(most)}),
        [](const query_result& row) -> known_address {
          return {user_id{row.integer(0)}, row.text(1), row.text(2), from_ms(row.integer(3))};
        });
    std::reverse(result.begin(), result.end());
    return result;
  }

  outcome<user> find_token(const std::string& hash, moment now) const override {
    if (auto* others = db().among_nodes())
      others->lock_token(hash);
    const auto found =
        db().ask("SELECT " SALOND_USER_COLUMNS " FROM sessions s "
                 "JOIN clients c ON c.client_id = s.client_id WHERE s.token_hash = ? AND s.expires_ms > ?",
                 {blob{hash}, to_ms(now)});
    if (!found->next())
      return fault::wrong_credentials;
    return user_in(*found);
  }

  std::optional<standing> receive(user_id who, moment now) override {
    auto* others = db().among_nodes();
    const bool is_new = others && others->arrive(who);
    auto found = standing_of(who, now);
    if (is_new && (!found || found->banned || found->kicked || found->disabled))
      others->turn_away(who);
    return found;
  }

  void mark_connected(user_id who, moment now) override {
    if (auto* others = db().among_nodes())
      return others->note_connected(who, now);
    db().run("UPDATE clients SET status = 'connected', last_seen_ms = ? WHERE client_id = ?", {to_ms(now), who.value});
  }

  void close(const std::vector<user_id>& who, requests offline, moment now) override {
    if (auto* others = db().among_nodes())
      return others->depart(who, offline, now);
    const auto ids = numbers_of(who);
    run_for_each(db(),
                 "UPDATE clients SET status = 'disconnected', last_seen_ms = ? WHERE status <> 'disconnected' "
                 "AND client_id",
                 {to_ms(now)}, ids);
    if (offline == requests::end)
      run_for_each(db(), "DELETE FROM join_requests WHERE client_id", {}, ids);
  }

  void reset_presence(requests offline) override {
    if (auto* others = db().among_nodes())
      return others->reset_presence(offline);
    db().run("UPDATE clients SET status = 'disconnected' WHERE status <> 'disconnected'");
    if (offline == requests::end)
      db().run("DELETE FROM join_requests");
  }

  void remember_address(user_id who, const std::string& address, moment now) override {
    auto* others = db().among_nodes();
    if (others)
      others->remember_address(who, address, now);
    else
      db().run(std::string("INSERT INTO known_addresses(client_id, address, last_ms) VALUES (?, ?, ?) ")
                   + db().words().keep_later,
               {who.value, address, to_ms(now)});
    if (std::chrono::abs(now - addresses_swept_) >= sweep_interval) { // not at each login: a tenth of what one costs
      addresses_swept_ = now;
      db().run("DELETE FROM known_addresses WHERE last_ms <= ?", {to_ms(now - address_life)});
    }
    // Few have so many, and on SQLite the deletion costs the store as much as all else of a login.
    if (!others
        && number_in(db().ask("SELECT count(*) FROM known_addresses WHERE client_id = ?", {who.value}))
               > int64_t{max_known_addresses})
      keep_newest_addresses(db(), who);
  }

  void issue_token(user_id who, const std::string& hash, moment now, moment expires) override {
    if (auto* others = db().among_nodes())
      others->end_some_tokens(now);
    else
      db().run("DELETE FROM sessions WHERE expires_ms <= ?", {to_ms(now)}); // nobody else clears them away
    // Few have so many: who looks first locks no token that another node is using.
    if (number_in(db().ask("SELECT count(*) FROM sessions WHERE client_id = ?", {who.value})) >= max_tokens)
      // A derived table: MySQL and MariaDB look into no table that they delete from. By the user besides: MariaDB would
      // ask an IN alone of every token that there is.
      db().run("DELETE FROM sessions WHERE client_id = ? AND token_hash NOT IN (SELECT token_hash FROM"
               " (SELECT token_hash FROM sessions WHERE client_id = ? ORDER BY created_ms DESC LIMIT ?) newest)",
               {who.value, who.value, max_tokens - 1});
    if (db().has_account(who)) // it may have gone in this very transaction
      db().run("INSERT INTO sessions(token_hash, client_id, created_ms, expires_ms) VALUES (?, ?, ?, ?)",
               {blob{hash}, who.value, to_ms(now), to_ms(expires)});
  }

  void end_token(const std::string& hash) override {
    db().run("DELETE FROM sessions WHERE token_hash = ?", {blob{hash}});
  }

  void end_tokens(user_id who) override { db().run("DELETE FROM sessions WHERE client_id = ?", {who.value}); }

  void end_elsewhere(user_id who, connection_id only) override {
    tell_nodes({fact::kind::session, who, {}, only == connection_id{} ? std::string{} : std::to_string(only.value)});
  }

  void stop_elsewhere(int64_t after_seconds) override {
    tell_nodes({fact::kind::stop, {}, {}, std::to_string(after_seconds)});
  }

private:
  moment addresses_swept_{}; ///< the last time that old known addresses were looked for
};

} // namespace

std::unique_ptr<session_store> sessions_over(driver& on) {
  return std::make_unique<sql_sessions>(on);
}

} // namespace salond::persistence
