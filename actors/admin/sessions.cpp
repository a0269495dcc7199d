// Commands about who is connected: sessions, what ends them, and accounts that cannot log in.
#include "persistence/contracts/sessions.hpp"
#include "actors/admin/ask.hpp"
#include "actors/admin/effects.hpp"
#include "actors/admin/everywhere.hpp"
#include "persistence/contracts/audit.hpp"
#include "persistence/decisions/accounts.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond {
namespace {

using namespace persistence;

/// Who USER names; nobody, where it names none.
user_id user_meant(const admin_call_ptr& call) {
  return call->file.target ? call->file.target->who.id : user_id{};
}

/// The session as `session end` takes it: a text, since most programs cut such long numbers in JSON.
std::string id_of(const session_at& session) {
  return std::to_string(session.what.with.value);
}

/// Adds what is told of a session, whoever's it is.
json& add_session(json& to, const session_at& one) {
  to["address"] = one.what.address;
  to["since"] = iso_time(one.what.since);
  to["id"] = id_of(one);
  if (!one.node.empty())
    to["node"] = one.node;
  return to;
}

void list_sessions_of(const admin_call_ptr& call) {
  if (call->said().has("USER") && !call->file.target)
    return call->refuse(fault::unknown_user);
  ask_sessions(call, user_meant(call), [call](const std::vector<session_at>& found) {
    json list = json::array();
    for (const auto& one : found) {
      json row{{"user", one.what.username}};
      list.push_back(add_session(row, one));
    }
    call->done(list);
  });
}

void show_user(const admin_call_ptr& call) {
  if (!call->file.target)
    return call->refuse(fault::unknown_user);
  ask_sessions(call, user_meant(call), [call](const std::vector<session_at>& sessions) {
    const auto& found = *call->file.target;
    auto shown = profile_fields(found);
    shown["salons"] = found.salons;
    if (!found.moderates.empty())
      shown["moderates"] = found.moderates;
    shown["sessions"] = json::array();
    for (const auto& one : sessions) {
      auto row = json::object();
      shown["sessions"].push_back(add_session(row, one));
    }
    call->done(shown);
  });
}

/// They are closed, and the audit log says so; the last step did not come about.
void tell_of_last_tokens(const admin_call_ptr& call, const user& who, size_t count) {
  call->refuse_noted(admin_verdict::refused,
                     std::to_string(count) + (count == 1 ? " session of " : " sessions of ") + who.username
                         + " closed; but the database does not take now that a token of the last moment ends, too: "
                           "type it again");
}

/// Closes the connections, or the one. A token that one of them got behind the first look at them ends as well.
void close_sessions(const admin_call_ptr& call, const user& who, connection_id only, size_t count) {
  tell(call, close_user{who.id, event::session_ended{}, only});
  const auto not_all = [call, who, count] { tell_of_last_tokens(call, who, count); };
  const auto end = [call, who, count, not_all] {
    ask_to_write_on(
        call,
        [id = who.id](const writing& db) {
          db.sessions.end_tokens(id);
          return done{};
        },
        [call, who, count](done) {
          call->done(json{{"done", true}, {"user", who.username}, {"sessions", count}});
        },
        [not_all](fault) { not_all(); });
  };
  settle_effects(call->self(), call->parts(), end);
}

std::string why_no_such_session(const admin_call_ptr& call) {
  const std::string why = "the user has no such session; sessions USER shows them";
  return call->lacking().empty() ? why : why + ", as far as is known: " + joined(call->lacking(), "; ");
}

/// At other nodes they end by what these read in the store, also of one that did not answer.
void end_sessions(const admin_call_ptr& call) {
  if (!call->file.target)
    return note(call, call->said().get("USER"), {}, to_string(fault::unknown_user),
                [call] { call->refuse(fault::unknown_user); });
  ask_sessions(call, user_meant(call), [call](const std::vector<session_at>& found) {
    const auto wished = call->said().get("ID");
    const auto named =
        std::find_if(found.begin(), found.end(), [&](const session_at& one) { return id_of(one) == wished; });
    if (!wished.empty() && named == found.end())
      return note(call, call->said().get("USER"), {}, "refused",
                  [call] { call->refuse(admin_verdict::refused, why_no_such_session(call)); });
    const auto only = wished.empty() ? connection_id{} : named->what.with;
    const auto count = wished.empty() ? found.size() : size_t{1};
    const auto about = wished.empty() ? std::to_string(count) + (count == 1 ? " session" : " sessions")
                                      : "session " + wished + " from " + named->what.address;
    ask_to_write(
        call,
        [who = call->file.target->who, only, why = call->why(about)](const writing& db) {
          db.sessions.end_tokens(who.id);
          db.sessions.end_elsewhere(who.id, only);
          db.audit.note(why, audited::end_session, who.username, "done");
          return who;
        },
        [call, only, count](const user& who) { close_sessions(call, who, only, count); });
  });
}

void disable_user(const admin_call_ptr& call) {
  ask_to_write(
      call,
      [key = key_of(call->said().get("USER")), why = call->why()](const writing& db) {
        return decisions::disable_user(db, key, why);
      },
      [call](const user& who) {
        tell(call, close_user{who.id, event::refused{fault::disabled, {}}});
        call->done(json{{"done", true}, {"user", who.username}});
      });
}

void enable_user(const admin_call_ptr& call) {
  ask_to_write(
      call,
      [key = key_of(call->said().get("USER")), why = call->why()](const writing& db) {
        return decisions::enable_user(db, key, why);
      },
      [call](const user& who) {
        call->done(json{{"done", true}, {"user", who.username}});
      });
}

} // namespace

void add_session_commands(std::map<std::string_view, admin_command>& to) {
  to["user"] = show_user;
  to["user disable"] = disable_user;
  to["user enable"] = enable_user;
  to["sessions"] = list_sessions_of;
  to["session end"] = end_sessions;
}

} // namespace salond
