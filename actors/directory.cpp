#include "actors/directory.hpp"
#include "actors/ask_store.hpp"
#include "actors/wall_clock.hpp"
#include "config/log.hpp"
#include "persistence/contracts/bans.hpp"
#include "persistence/contracts/sessions.hpp"
#include "protocol/words/names.hpp"

namespace salond {
namespace {

using pointer = directory_actor::stateful_pointer<directory_state>;

void end_batch(pointer self);

/// Departures go to the store in batches: one open request for however many leave at once.
void tell_departures(pointer self) {
  auto& st = self->state;
  std::vector<user_id> gone(st.departed.begin(), st.departed.end());
  st.departed.clear();
  ++st.telling;
  const auto job = make_passing_job( // a start resets presence
      [gone, requests = st.requests, now = wall_clock()](const persistence::writing& db) {
        db.sessions.close(gone, requests, now);
        return done{};
      });
  self->request(st.store, caf::infinite, store_work{job})
      .then([self](const store_done&) { end_batch(self); },
            [self, gone](caf::error&) { // the database is away: once more, without those who came back
              for (const auto who : gone)
                if (!self->state.presence.online(who))
                  self->state.departed.insert(who);
              self->delayed_send(self, std::chrono::seconds{1}, retry_departures{});
            });
}

void go_on(pointer self) {
  auto& st = self->state;
  if (st.telling == 0 && !st.departed.empty())
    return tell_departures(self);
  if (st.telling != 0)
    return;
  for (auto& promise : st.settling)
    promise.deliver(departures_settled{});
  st.settling.clear();
}

/// The store has taken a batch, or must be told it once more.
void end_batch(pointer self) {
  --self->state.telling;
  go_on(self);
}

/// An account as it stands now, or how it ended.
struct account_read {
  std::optional<persistence::standing> now;
  bool banned = false;
};

void take_up(pointer self, user_id who, const account_read& found) {
  if (!found.now) {
    const auto last = found.banned ? event::any{event::banned{}} : event::any{event::erased{}};
    return self->send(self->state.relay, close_user{who, last});
  }
  if (found.now->disabled)
    return self->send(self->state.relay, close_user{who, event::refused{fault::disabled, {}}});
  self->state.presence.rename(who, found.now->who.username);
  self->send(self->state.relay, account_changed{who, found.now->who.username, found.now->who.role});
}

/// A token that is asked for meanwhile is stored before the closing is settled.
caf::result<settled> end(pointer self, const end_sessions& msg) {
  self->send(self->state.relay, close_user{msg.who, event::session_ended{}, msg.only});
  auto answer = self->make_response_promise<settled>();
  const auto fail = [answer](fault why) mutable { answer.deliver(make_error(why)); };
  self->request(self->state.relay, caf::infinite, settle{})
      .then(
          [self, answer, fail, who = msg.who](settled) {
            write_store(
                self, self->state.store,
                [who](const persistence::writing& db) {
                  db.sessions.end_tokens(who);
                  return done{};
                },
                [answer](done) mutable { answer.deliver(settled{}); }, fail);
          },
          [answer](caf::error& why) mutable { answer.deliver(std::move(why)); });
  return answer;
}

/// Comes behind what this node itself changed: the store answers in the order of commits. Done for a user who is not
/// online here as well: this node knows where the account's owner was.
caf::result<settled> reread(pointer self, user_id who) {
  const auto* username = self->state.presence.name_of(who);
  auto answer = self->make_response_promise<settled>();
  write_store(
      self, self->state.store,
      [who, key = username ? key_of(*username) : std::string(), now = wall_clock()](const persistence::writing& db) {
        account_read result{db.sessions.standing_of(who, now), false};
        if (!result.now && !key.empty())
          result.banned = db.bans.of(key, now).has_value();
        return result;
      },
      [self, answer, who](const account_read& found) mutable {
        take_up(self, who, found);
        answer.deliver(settled{});
      },
      [answer](fault why) mutable { answer.deliver(make_error(why)); });
  return answer;
}

} // namespace

directory_actor::behavior_type directory(pointer self, store_actor store, relay_actor relay) {
  self->state.store = std::move(store);
  self->state.relay = std::move(relay);
  self->set_error_handler([](caf::error& why) {
    log::warning("the directory was told an error", {{"why", to_string(why)}});
  });
  return {
      [self](const arrive& msg) {
        auto& st = self->state;
        if (st.departed.count(msg.who) != 0)
          tell_departures(self); // first, or the store would take the departure for a later one
        st.presence.arrive(msg.who, msg.username, {msg.with, msg.address, wall_clock()});
        return arrival_noted{};
      },
      [self](const depart& msg) {
        if (self->state.presence.depart(msg.who, msg.with) != rules::presence::departure::last)
          return;
        self->state.departed.insert(msg.who);
        self->state.requests = msg.requests;
        go_on(self);
      },
      [self](const retry_departures&) { end_batch(self); },
      [self](const settle_departures&) {
        auto answer = self->make_response_promise<departures_settled>();
        self->state.settling.push_back(answer);
        go_on(self);
        return answer;
      },
      [self](const close_user& msg) { self->send(self->state.relay, msg); },
      [self](const end_sessions& msg) { return end(self, msg); },
      [self](const account_changed& msg) {
        self->state.presence.rename(msg.who, msg.username);
        self->send(self->state.relay, msg);
      },
      [self](const reread_account& msg) { return reread(self, msg.who); },
      [self](const settle& msg) { return self->delegate(self->state.relay, msg); },
      [self](const name_users& msg) { return users_named{self->state.presence.name(msg.users, msg.after_key)}; },
      [self](const list_sessions&) {
        sessions_listed all;
        self->state.presence.for_each([&](user_id who, const std::string& username, const auto& session) {
          all.sessions.push_back({who, session.id, username, session.address, session.since});
        });
        return all;
      },
  };
}

} // namespace salond
