// Commands about all data of one user: their export, and their end.
#include "actors/admin/ask.hpp"
#include "actors/admin/everywhere.hpp"
#include "actors/wall_clock.hpp"
#include "persistence/column_words.hpp"
#include "persistence/contracts/departures.hpp"
#include "persistence/export/person.hpp"

namespace salond {
namespace {

using namespace persistence;

// --- export ---

json json_of(const std::optional<moment>& when) {
  return when ? json(iso_time(*when)) : json(nullptr);
}

json json_of(const written_message& message) {
  return {{"id", message.id}, {"salon", message.salon}, {"at", json_of(message.at)}, {"text", message.text}};
}

json json_of(const audit_line& line) {
  return audit_fields(line);
}

/// `direction` is "to" or "from".
json json_of(const exchanged_message& message, const char* direction) {
  return {{"id", message.id},
          {direction, message.with},
          {"at", json_of(message.at)},
          {"delivered", json_of(message.delivered)},
          {"text", message.text}};
}

json json_of(const user& owner, const person_summary& found) {
  json all{{"user", owner.username},
           {"alias", owner.alias},
           {"number", owner.id.value},
           {"role", to_word(owner.role)},
           {"exported", iso_time(wall_clock())},
           {"last_seen", json_of(found.last_seen)},
           {"disabled", json_of(found.disabled)},
           {"salons", found.salons},
           {"moderates", found.moderates}};
  all["requests"] = json::array();
  for (const auto& request : found.requests)
    all["requests"].push_back({{"salon", request.salon}, {"at", json_of(request.at)}});
  all["decisions_not_told"] = json::array();
  for (const auto& decision : found.decisions_not_told)
    all["decisions_not_told"].push_back(
        {{"salon", decision.salon_name}, {"accepted", decision.accepted}, {"at", iso_time(decision.at)}});
  all["tokens"] = json::array();
  for (const auto& token : found.tokens)
    all["tokens"].push_back({{"at", json_of(token.at)}, {"expires", json_of(token.expires)}});
  all["known_addresses"] = json::array();
  for (const auto& address : found.known_addresses)
    all["known_addresses"].push_back({{"address", address.text}, {"last", json_of(address.last)}});
  all["kick"] =
      !found.out
          ? json(nullptr)
          : json{{"at", json_of(found.out->at)}, {"until", json_of(found.out->until)}, {"reason", found.out->reason}};
  return all;
}

std::string dumped(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// An export on its way, piece by piece: each piece is asked for when the operator has read the one before. The admin
/// actor uses it, and a thread of persistence's while a piece of it is made, never at once.
struct export_state {
  explicit export_state(user who) : person(std::move(who)) {}

  std::weak_ptr<admin_call> call; ///< owns the export; gone with an operator who asks for nothing more
  person_export person;
  size_t list = 0;   ///< index of the list that is in work
  bool first = true; ///< nothing of that list is told
};
using export_ptr = std::shared_ptr<export_state>;

/// A part of the answer's text; the list is over when there is nothing more of it.
struct piece {
  std::string text;
  bool over = false;
};

template <class Row, class Spell>
piece spelled(export_state& state, const person_piece<Row>& found, Spell spell) {
  piece result;
  for (const auto& row : found.rows) {
    result.text += std::exchange(state.first, false) ? "\n" : ",\n";
    result.text += dumped(spell(row));
  }
  result.over = found.over;
  return result;
}

piece messages(export_state& state, const reading& db) {
  return spelled(state, state.person.messages(db), [](const auto& message) { return json_of(message); });
}
piece sent(export_state& state, const reading& db) {
  return spelled(state, state.person.sent(db), [](const auto& message) { return json_of(message, "to"); });
}
piece received(export_state& state, const reading& db) {
  return spelled(state, state.person.received(db), [](const auto& message) { return json_of(message, "from"); });
}
piece audit(export_state& state, const reading& db) {
  return spelled(state, state.person.audit(db), [](const auto& line) { return json_of(line); });
}

struct list_of_rows {
  const char* name;
  piece (*next)(export_state&, const reading&);
};
constexpr list_of_rows lists[] = {
    {"messages", messages}, {"private_messages_sent", sent}, {"private_messages_received", received}, {"audit", audit}};

void ask_next_piece(const export_ptr& state);

void tell_piece(const export_ptr& state, const admin_call_ptr& call, piece made) {
  if (made.over) {
    made.text += "]";
    if (++state->list == std::size(lists))
      return call->end_text(made.text + "}");
    made.text += ",\n\"" + std::string(lists[state->list].name) + "\":[";
    state->first = true;
  }
  call->part(std::move(made.text), [state] { ask_next_piece(state); });
}

void ask_next_piece(const export_ptr& state) {
  if (const auto call = state->call.lock(); call && !call->deserted())
    ask_to_read_long(
        call, [state](const reading& db) { return lists[state->list].next(*state, db); },
        [state, call](piece& made) { tell_piece(state, call, std::move(made)); });
}

void tell_summary(const export_ptr& state, const admin_call_ptr& call, json all,
                  const std::vector<session_at>& sessions) {
  all["sessions"] = json::array();
  for (const auto& [session, node] : sessions)
    all["sessions"].push_back({{"address", session.address}, {"since", iso_time(session.since)}});
  call->name_lacking(all);
  auto text = dumped(all);
  text.pop_back(); // the object goes on
  call->part(text + ",\n\"" + lists[0].name + "\":[", [state] { ask_next_piece(state); });
}

void export_user(const admin_call_ptr& call) {
  if (!call->context.target)
    return call->refuse(fault::unknown_user);
  auto state = std::make_shared<export_state>(call->context.target->who);
  state->call = call;
  note(call, state->person.who().username, {}, [call, state] {
    ask_to_read_long(
        call, [state](const reading& db) { return json_of(state->person.who(), state->person.summary(db)); },
        [call, state](const json& all) {
          ask_sessions(call, state->person.who().id,
                       [state, call, all](const auto& sessions) { tell_summary(state, call, all, sessions); });
        });
  });
}

// --- erase ---

/// An erasure whose messages go piece by piece.
struct erasure {
  erased gone;
  int64_t messages = 0, private_messages = 0;
  bool asks = false, is_told = false;
};
using erasure_ptr = std::shared_ptr<erasure>;

void tell_receipt(const admin_call_ptr& call, const erasure& state) {
  json deleted = json::object();
  for (const auto& [table, rows] : state.gone.user.deleted)
    deleted[table] = rows;
  if (state.gone.user.goes_on) {
    deleted["messages"] = state.messages;
    deleted["private_messages"] = state.private_messages;
  }
  json answer{{"done", true},
              {"receipt", state.gone.user.receipt},
              {"user", state.gone.user.who.username},
              {"at", iso_time(call->why().at)},
              {"by", call->why().by},
              {"deleted_rows", deleted}};
  tell_ended(answer, state.gone.certificates);
  call->done(answer);
}

/// Asks how far it is, with each second that passes. It goes on whoever waits for it.
void look_how_far(const admin_call_ptr& call, const erasure_ptr& state) {
  if (std::exchange(state->asks, true))
    return;
  read_store(
      call->self(), call->parts().store,
      [who = state->gone.user.who.id](const reading& db) { return db.departures.of(who); },
      [call, state](const std::optional<departure>& now) {
        state->asks = false;
        if (!now || call->decided())
          return;
        state->messages = now->messages;
        state->private_messages = now->private_messages;
        if (now->is_over && !std::exchange(state->is_told, true))
          tell_receipt(call, *state);
      },
      [state](fault) { state->asks = false; });
}

void wait_for_the_rest(const admin_call_ptr& call, const erasure_ptr& state) {
  call->report([weak = std::weak_ptr(call), state] {
    if (const auto call = weak.lock())
      look_how_far(call, state);
    return json{{"messages", state->messages}, {"private_messages", state->private_messages}};
  });
}

void erase(const admin_call_ptr& call) {
  call->self()
      ->request(call->parts().services.bans, caf::infinite,
                erase_user{call->said().get("USER"), call->why(call->said().text())})
      .then(
          [call](const erased& gone) {
            const auto state = std::make_shared<erasure>();
            state->gone = gone;
            if (!gone.user.goes_on)
              return tell_receipt(call, *state);
            call->parts().retention->changed(); // a run that is in work makes room for it
            wait_for_the_rest(call, state);
          },
          refusing_error(call));
}

} // namespace

void add_personal_commands(std::map<std::string_view, admin_command>& to) {
  to["export"] = export_user;
  to["erase"] = erase;
}

} // namespace salond
