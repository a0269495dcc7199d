// Commands about who is connected: sessions, what ends them, and accounts that cannot log in.
#include "persistence/contracts/sessions.hpp"
#include "actors/admin/ask.hpp"
#include "actors/admin/effects.hpp"
#include "persistence/contracts/audit.hpp"
#include "persistence/decisions/accounts.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond {
namespace {

using namespace persistence;

/// Asks who is connected; `then` gets the sessions, those of the user that USER names, if it names one.
template <class Then>
void ask_sessions(const admin_call_ptr& call, Then then) {
  call->self()
      ->request(call->parts().directory, std::chrono::seconds{5}, list_sessions{})
      .then(
          [call, then = std::move(then)](sessions_listed& all) mutable {
            auto& found = all.sessions;
            if (const auto& target = call->file.target)
              found.erase(std::remove_if(found.begin(), found.end(),
                                         [&](const session_listed& one) { return one.user != target->who.id; }),
                          found.end());
            then(found);
          },
          refusing_error(call));
}

/// The session as `session end` takes it: a text, since most programs cut such long numbers in JSON.
std::string id_of(const session_listed& session) {
  return std::to_string(session.with.value);
}

void list_sessions_of(const admin_call_ptr& call) {
  if (call->said().has("USER") && !call->file.target)
    return call->refuse(fault::unknown_user);
  ask_sessions(call, [call](const std::vector<session_listed>& found) {
    json list = json::array();
    for (const auto& one : found)
      list.push_back(
          {{"user", one.username}, {"address", one.address}, {"since", iso_time(one.since)}, {"id", id_of(one)}});
    call->done(list);
  });
}

void show_user(const admin_call_ptr& call) {
  if (!call->file.target)
    return call->refuse(fault::unknown_user);
  ask_sessions(call, [call](const std::vector<session_listed>& sessions) {
    const auto& found = *call->file.target;
    auto shown = profile_fields(found);
    shown["salons"] = found.salons;
    if (!found.moderates.empty())
      shown["moderates"] = found.moderates;
    shown["sessions"] = json::array();
    for (const auto& one : sessions)
      shown["sessions"].push_back({{"address", one.address}, {"since", iso_time(one.since)}, {"id", id_of(one)}});
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

void end_sessions(const admin_call_ptr& call) {
  if (!call->file.target)
    return note(call, call->said().get("USER"), {}, to_string(fault::unknown_user),
                [call] { call->refuse(fault::unknown_user); });
  ask_sessions(call, [call](const std::vector<session_listed>& found) {
    const auto wished = call->said().get("ID");
    const auto named =
        std::find_if(found.begin(), found.end(), [&](const session_listed& one) { return id_of(one) == wished; });
    if (!wished.empty() && named == found.end())
      return note(call, call->said().get("USER"), {}, "refused", [call] {
        call->refuse(admin_verdict::refused, "the user has no such session; sessions USER shows them");
      });
    const auto only = wished.empty() ? connection_id{} : named->with;
    const auto count = wished.empty() ? found.size() : size_t{1};
    const auto about = wished.empty() ? std::to_string(count) + (count == 1 ? " session" : " sessions")
                                      : "session " + wished + " from " + named->address;
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
