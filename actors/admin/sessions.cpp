// Commands about sessions: their list, their end, and accounts that cannot log in.
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

/// The user that USER names; nobody if it names none.
user_id user_meant(const admin_call_ptr& call) {
  return call->context.target ? call->context.target->who.id : user_id{};
}

/// The session as `session end` takes it: a text, since most programs cut such long numbers in JSON.
std::string id_of(const session_at& session) {
  return std::to_string(session.session.with.value);
}

/// Adds the facts of a session that are told of anybody's.
json& add_session(json& to, const session_at& listed) {
  to["address"] = listed.session.address;
  to["since"] = iso_time(listed.session.since);
  to["id"] = id_of(listed);
  if (!listed.node.empty())
    to["node"] = listed.node;
  return to;
}

void list_sessions_of(const admin_call_ptr& call) {
  if (call->said().has("USER") && !call->context.target)
    return call->refuse(fault::unknown_user);
  ask_sessions(call, user_meant(call), [call](const std::vector<session_at>& found) {
    json list = json::array();
    for (const auto& listed : found) {
      json row{{"user", listed.session.username}};
      list.push_back(add_session(row, listed));
    }
    call->done(list);
  });
}

void show_user(const admin_call_ptr& call) {
  if (!call->context.target)
    return call->refuse(fault::unknown_user);
  ask_sessions(call, user_meant(call), [call](const std::vector<session_at>& sessions) {
    const auto& found = *call->context.target;
    auto shown = profile_fields(found);
    shown["salons"] = found.salons;
    if (!found.moderates.empty())
      shown["moderates"] = found.moderates;
    shown["sessions"] = json::array();
    for (const auto& listed : sessions) {
      auto row = json::object();
      shown["sessions"].push_back(add_session(row, listed));
    }
    call->done(shown);
  });
}

/// The sessions are closed, and the audit log says so; but the last step failed.
void tell_of_last_tokens(const admin_call_ptr& call, const user& owner, size_t count) {
  call->refuse_noted(admin_verdict::refused,
                     std::to_string(count) + (count == 1 ? " session of " : " sessions of ") + owner.username
                         + " closed; but the database does not take now that a token of the last moment ends, too: "
                           "type it again");
}

/// Closes the connections, or one of them. A token that one of them got after the first look ends as well.
void close_sessions(const admin_call_ptr& call, const user& owner, connection_id only, size_t count) {
  call->self()
      ->request(call->parts().directory, caf::infinite, end_sessions{owner.id, only})
      .then(
          [call, owner, count](settled) {
            call->done(json{{"done", true}, {"user", owner.username}, {"sessions", count}});
          },
          [call, owner, count](caf::error&) { tell_of_last_tokens(call, owner, count); });
}

std::string why_no_such_session(const admin_call_ptr& call) {
  const std::string why = "the user has no such session; sessions USER shows them";
  return call->lacking().empty() ? why : why + ", as far as is known: " + joined(call->lacking(), "; ");
}

/// Sessions at other nodes end by a fact that these read in the store. So a node that did not answer ends them, too.
void session_end(const admin_call_ptr& call) {
  if (!call->context.target)
    return note(call, call->said().get("USER"), {}, to_string(fault::unknown_user),
                [call] { call->refuse(fault::unknown_user); });
  ask_sessions(call, user_meant(call), [call](const std::vector<session_at>& found) {
    const auto wished = call->said().get("ID");
    const auto named =
        std::find_if(found.begin(), found.end(), [&](const session_at& listed) { return id_of(listed) == wished; });
    if (!wished.empty() && named == found.end())
      return note(call, call->said().get("USER"), {}, "refused",
                  [call] { call->refuse(admin_verdict::refused, why_no_such_session(call)); });
    const auto only = wished.empty() ? connection_id{} : named->session.with;
    const auto count = wished.empty() ? found.size() : size_t{1};
    const auto about = wished.empty() ? std::to_string(count) + (count == 1 ? " session" : " sessions")
                                      : "session " + wished + " from " + named->session.address;
    ask_to_write(
        call,
        [target = call->context.target->who, only, why = call->why(about)](const writing& db) {
          db.sessions.end_tokens(target.id);
          db.sessions.end_elsewhere(target.id, only);
          db.audit.note(why, audited::end_session, target.username, "done");
          return target;
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
      [call](const user& disabled) {
        tell(call, close_user{disabled.id, event::refused{fault::disabled, {}}});
        call->done(json{{"done", true}, {"user", disabled.username}});
      });
}

void enable_user(const admin_call_ptr& call) {
  ask_to_write(
      call,
      [key = key_of(call->said().get("USER")), why = call->why()](const writing& db) {
        return decisions::enable_user(db, key, why);
      },
      [call](const user& enabled) {
        call->done(json{{"done", true}, {"user", enabled.username}});
      });
}

} // namespace

void add_session_commands(std::map<std::string_view, admin_command>& to) {
  to["user"] = show_user;
  to["user disable"] = disable_user;
  to["user enable"] = enable_user;
  to["sessions"] = list_sessions_of;
  to["session end"] = session_end;
}

} // namespace salond
