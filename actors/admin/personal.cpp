// Commands about all that is kept about one user: its export, and its end.
#include "actors/admin/ask.hpp"
#include "actors/admin/audit_names.hpp"
#include "actors/wall_clock.hpp"
#include "persistence/backup/tables.hpp"
#include "persistence/column_words.hpp"
#include "protocol/words/names.hpp"
#include <unordered_map>

namespace salond {
namespace {

using namespace persistence;

// Rows of one piece of an export: each piece is asked for when the operator has read the one before.
constexpr size_t rows_a_piece = 500;

// --- what stands in rows ---

std::string text_in(const field& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text ? *text : std::string{};
}
int64_t number_in(const field& value) {
  const auto* number = std::get_if<int64_t>(&value);
  return number ? *number : 0;
}
json time_in(const field& value) {
  const auto* ms = std::get_if<int64_t>(&value);
  return ms ? json(iso_time(from_ms(*ms))) : json(nullptr);
}

/// Rows of a table that have a value in a column, with their values by name.
class found_rows {
public:
  found_rows(store& db, const char* table, const char* column, const field& value, const table_row& after = {},
             size_t most = 100000)
      : table_(table_named(table)), rows_(db.rows_with(table_, column_named(table_, column), value, after, most)) {}

  size_t size() const { return rows_.size(); }
  const table_row& row(size_t at) const { return rows_.at(at); }
  const field& value(size_t at, const char* column) const { return rows_.at(at).at(column_named(table_, column)); }

private:
  const stored_table& table_;
  std::vector<table_row> rows_;
};

// --- export ---

using known_names = std::unordered_map<int64_t, std::string>;

/// An export on its way, piece by piece. Used by the admin actor, and by a thread of persistence's while a piece of it
/// is made, never at once.
struct export_state {
  std::weak_ptr<admin_call> call; ///< which has the export: gone with an operator who asks for nothing more
  user who;
  size_t list = 0;       ///< which one is in work
  table_row last;        ///< the last row of it that is told
  int64_t last_line = 0; ///< of the audit log
  bool first = true;     ///< nothing of the list is told
  known_names salons, names;
  std::optional<audit_names> borne; ///< once the audit log is in work
};
using export_ptr = std::shared_ptr<export_state>;

/// A part of the answer's text; the list is over when there is nothing more of it.
struct piece {
  std::string text;
  bool over = false;
};

std::string dumped(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// A name by its number, looked for once; "" where there is none.
std::string name_of(known_names& known, store& db, const char* table, const char* key, const char* column,
                    const field& number) {
  const auto [place, is_new] = known.emplace(number_in(number), "");
  if (is_new)
    if (const found_rows found(db, table, key, number); found.size() > 0)
      place->second = text_in(found.value(0, column));
  return place->second;
}

std::string salon_name(export_state& state, store& db, const field& number) {
  return name_of(state.salons, db, "salons", "salon_id", "nom_salon", number);
}

std::string username(export_state& state, store& db, const field& number) {
  return name_of(state.names, db, "clients", "client_id", "username", number);
}

json salons_in(export_state& state, store& db, const char* table, const char* column, const field& value) {
  json list = json::array();
  const found_rows found(db, table, column, value);
  for (size_t at = 0; at < found.size(); ++at)
    list.push_back(salon_name(state, db, found.value(at, "salon_id")));
  return list;
}

/// What is short, as an object.
json summary(export_state& state, store& db) {
  const field id = state.who.id.value;
  json all{{"user", state.who.username},
           {"alias", state.who.alias},
           {"number", state.who.id.value},
           {"role", to_word(state.who.role)},
           {"exported", iso_time(wall_clock())}};
  const found_rows account(db, "clients", "client_id", id);
  all["last_seen"] = account.size() > 0 ? time_in(account.value(0, "last_seen_ms")) : json(nullptr);
  all["disabled"] = account.size() > 0 ? time_in(account.value(0, "disabled_ms")) : json(nullptr);
  all["salons"] = salons_in(state, db, "salons_adheres", "username", state.who.username);
  all["moderates"] = salons_in(state, db, "moderators", "client_id", id);
  all["requests"] = json::array();
  const found_rows requests(db, "join_requests", "client_id", id);
  for (size_t at = 0; at < requests.size(); ++at)
    all["requests"].push_back({{"salon", salon_name(state, db, requests.value(at, "salon_id"))},
                               {"at", time_in(requests.value(at, "created_ms"))}});
  all["decisions_not_told"] = json::array();
  const found_rows notices(db, "notices", "client_id", id);
  for (size_t at = 0; at < notices.size(); ++at)
    all["decisions_not_told"].push_back({{"salon", salon_name(state, db, notices.value(at, "salon_id"))},
                                         {"accepted", number_in(notices.value(at, "accepted")) != 0},
                                         {"at", time_in(notices.value(at, "created_ms"))}});
  all["tokens"] = json::array();
  const found_rows tokens(db, "sessions", "client_id", id);
  for (size_t at = 0; at < tokens.size(); ++at)
    all["tokens"].push_back(
        {{"at", time_in(tokens.value(at, "created_ms"))}, {"expires", time_in(tokens.value(at, "expires_ms"))}});
  all["known_addresses"] = json::array();
  const found_rows addresses(db, "known_addresses", "client_id", id);
  for (size_t at = 0; at < addresses.size(); ++at)
    all["known_addresses"].push_back(
        {{"address", text_in(addresses.value(at, "address"))}, {"last", time_in(addresses.value(at, "last_ms"))}});
  const found_rows out(db, "bans", "username_key", key_of(state.who.username));
  all["kick"] = out.size() == 0 ? json(nullptr)
                                : json{{"at", time_in(out.value(0, "created_ms"))},
                                       {"until", time_in(out.value(0, "until_ms"))},
                                       {"reason", text_in(out.value(0, "reason"))}};
  return all;
}

/// Adds rows to a list's text.
void add(export_state& state, piece& to, const json& row) {
  to.text += std::exchange(state.first, false) ? "\n" : ",\n";
  to.text += dumped(row);
}

/// Rows of a table, by `spell`.
template <class Spell>
piece rows_of(export_state& state, store& db, const char* table, const char* column, Spell spell) {
  piece result;
  const found_rows found(db, table, column, state.who.id.value, state.last, rows_a_piece);
  for (size_t at = 0; at < found.size(); ++at)
    add(state, result, spell(found, at));
  result.over = found.size() == 0; // fewer than a piece may be all that is held at once
  if (found.size() > 0)
    state.last = found.row(found.size() - 1);
  return result;
}

piece messages(export_state& state, store& db) {
  return rows_of(state, db, "messages", "client_id", [&](const found_rows& found, size_t at) {
    return json{{"id", number_in(found.value(at, "message_id"))},
                {"salon", salon_name(state, db, found.value(at, "salon_id"))},
                {"at", time_in(found.value(at, "created_ms"))},
                {"text", text_in(found.value(at, "contenu"))}};
  });
}

template <bool Sent>
piece private_messages(export_state& state, store& db) {
  const auto* other = Sent ? "to_client_id" : "from_client_id";
  return rows_of(state, db, "private_messages", Sent ? "from_client_id" : "to_client_id",
                 [&](const found_rows& found, size_t at) {
                   return json{{"id", number_in(found.value(at, "pm_id"))},
                               {Sent ? "to" : "from", username(state, db, found.value(at, other))},
                               {"at", time_in(found.value(at, "created_ms"))},
                               {"delivered", time_in(found.value(at, "delivered_ms"))},
                               {"text", text_in(found.value(at, "contenu"))}};
                 });
}

piece audit(export_state& state, store& db) {
  constexpr size_t most = 1000;
  piece result;
  if (!state.borne)
    state.borne.emplace(db, state.who.username);
  const auto lines = db.audit_after(state.last_line, most);
  for (const auto& line : lines)
    if (state.borne->concerns(line))
      add(state, result, audit_fields(line));
  result.over = lines.size() < most;
  if (!lines.empty())
    state.last_line = lines.back().id;
  return result;
}

struct list_of_rows {
  const char* name;
  piece (*next)(export_state&, store&);
};
constexpr list_of_rows lists[] = {{"messages", messages},
                                  {"private_messages_sent", private_messages<true>},
                                  {"private_messages_received", private_messages<false>},
                                  {"audit", audit}};

void ask_next_piece(const export_ptr& state);

void tell_piece(const export_ptr& state, const admin_call_ptr& call, piece made) {
  if (made.over) {
    made.text += "]";
    if (++state->list == std::size(lists))
      return call->end_text(made.text + "}");
    made.text += ",\n\"" + std::string(lists[state->list].name) + "\":[";
    state->last = {};
    state->first = true;
  }
  call->part(std::move(made.text), [state] { ask_next_piece(state); });
}

void ask_next_piece(const export_ptr& state) {
  if (const auto call = state->call.lock(); call && !call->deserted())
    ask(
        call, store_work::kind::long_read, [state](store& db) { return lists[state->list].next(*state, db); },
        [state, call](piece& made) { tell_piece(state, call, std::move(made)); });
}

void tell_summary(const export_ptr& state, const admin_call_ptr& call, json all,
                  const std::vector<session_listed>& sessions) {
  all["sessions"] = json::array();
  for (const auto& one : sessions)
    if (one.user == state->who.id)
      all["sessions"].push_back({{"address", one.address}, {"since", iso_time(one.since)}});
  auto text = dumped(all);
  text.pop_back(); // the object goes on
  call->part(text + ",\n\"" + lists[0].name + "\":[", [state] { ask_next_piece(state); });
}

void export_user(const admin_call_ptr& call) {
  if (!call->file.target)
    return call->refuse(fault::unknown_user);
  auto state = std::make_shared<export_state>();
  state->call = call;
  state->who = call->file.target->who;
  note(call, state->who.username, {}, [call, state] {
    ask(
        call, store_work::kind::long_read, [state](store& db) { return summary(*state, db); },
        [call, state](const json& all) {
          call->self()
              ->request(call->parts().directory, std::chrono::seconds{5}, list_sessions{})
              .then([state, call, all](const sessions_listed& now) { tell_summary(state, call, all, now.sessions); },
                    refusing_error(call));
        });
  });
}

// --- erase ---

void erase(const admin_call_ptr& call) {
  call->self()
      ->request(call->parts().services.bans, caf::infinite,
                erase_user{call->said().get("USER"), call->why(call->said().text())})
      .then(
          [call](const erased& gone) {
            json deleted = json::object();
            for (const auto& [table, rows] : gone.what.deleted)
              deleted[table] = rows;
            call->done(json{{"receipt", gone.what.receipt},
                            {"user", gone.what.who.username},
                            {"at", iso_time(call->why().at)},
                            {"by", call->why().by},
                            {"deleted_rows", deleted}});
          },
          refusing_error(call));
}

} // namespace

void add_personal_commands(std::map<std::string_view, admin_command>& to) {
  to["export"] = export_user;
  to["erase"] = erase;
}

} // namespace salond
