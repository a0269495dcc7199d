#include "actors/salon_members.hpp"
#include "actors/ask_store.hpp"
#include "persistence/contracts/accounts.hpp"
#include "persistence/contracts/join_requests.hpp"
#include "persistence/contracts/memberships.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond {
namespace {

using persistence::writing;

bool is_member(const writing& db, salon_id salon, user_id who) {
  const auto account = db.accounts.numbered(who);
  return account && db.memberships.has(salon, account->username);
}

/// The decision about the user's request for this salon that he was not told of, if there is one.
std::optional<decided_request> decision_for(const writing& db, salon_id salon, user_id who, bool accepted) {
  for (const auto& decision : db.join_requests.decided_for(who))
    if (decision.salon == salon && decision.accepted == accepted)
      return decision;
  return std::nullopt;
}

/// What the store holds of one user and the salon.
struct member_found {
  std::optional<user> who;
  bool is_member = false;
  std::optional<decided_request> decision;
};

member_found find_member(const writing& db, salon_id salon, const std::string& username) {
  member_found result;
  if (auto account = db.accounts.find(key_of(username))) {
    result.is_member = db.memberships.has(salon, account->username);
    result.decision = decision_for(db, salon, account->id, true);
    result.who = std::move(*account);
  }
  return result;
}

/// The members of this node hear of it once, even if it is found again.
void take_up(salon_pointer self, const member_found& found, bool told_of_end) {
  auto& rules = self->state.rules;
  const auto& record = rules.record();
  const auto& [id, username, alias, hash, role] = *found.who;
  const bool changes = rules.has(id) != found.is_member;
  told out;
  out.salon = record.id;
  if (found.is_member) {
    rules.add(id);
    out.entered.push_back(id); // a user who was looked for and found is subscribed already
    if (changes)
      out.events.push_back(event::joined{record.id, record.name, username});
  } else {
    rules.remove(id);
    out.gone.push_back(id);
    if (changes && told_of_end)
      out.events.push_back(event::left{record.id, record.name, username});
  }
  self->send(self->state.relay, std::move(out));
  if (changes && found.is_member && found.decision)
    self->send(self->state.relay, decision_told{id, *found.decision});
}

/// Asks the store, has `take` work by its answer, and answers.
template <class Ask, class Take>
caf::result<settled> ask_and_take(salon_pointer self, Ask ask, Take take) {
  auto answer = self->make_response_promise<settled>();
  write_store(
      self, self->state.store, std::move(ask),
      [answer, take = std::move(take)](const auto& found) mutable {
        take(found);
        answer.deliver(settled{});
      },
      [answer](fault why) mutable { answer.deliver(make_error(why)); });
  return answer;
}

} // namespace

void confirm_member(salon_pointer self, user_id who, std::function<void(std::optional<fault>)> then) {
  const auto refusal = self->state.rules.refuses(who);
  if (!refusal || !self->state.placed)
    return then(refusal);
  write_store(
      self, self->state.store,
      [salon = self->state.rules.record().id, who](const writing& db) { return is_member(db, salon, who); },
      [self, who, then](bool found) {
        if (found && !self->state.rules.has(who)) {
          self->state.rules.add(who);
          self->send(self->state.relay, told{self->state.rules.record().id, {who}, {}, {}, {}});
        }
        then(self->state.rules.refuses(who));
      },
      [then](fault why) { then(why); });
}

caf::result<settled> reread(salon_pointer self, const reread_member& msg) {
  auto answer = self->make_response_promise<settled>();
  write_store(
      self, self->state.store, [msg](const writing& db) { return find_member(db, msg.salon, msg.username); },
      [self, answer, told = msg.told](const member_found& found) mutable {
        if (!found.who) // he has another name meanwhile, or is gone
          return self->request(caf::actor_cast<salon_actor>(self), caf::infinite, reread_members{})
              .then([answer](settled) mutable { answer.deliver(settled{}); },
                    [answer](caf::error& why) mutable { answer.deliver(std::move(why)); });
        take_up(self, found, told);
        answer.deliver(settled{});
      },
      [answer](fault why) mutable { answer.deliver(make_error(why)); });
  return answer;
}

caf::result<settled> reread(salon_pointer self, const reread_members& msg) {
  return ask_and_take(
      self, [salon = self->state.rules.record().id](const writing& db) { return db.memberships.members(salon); },
      [self, opened = msg.opened](const std::vector<user_id>& now) {
        auto changed = self->state.rules.replace(now);
        self->send(self->state.relay, told{self->state.rules.record().id,
                                           opened ? now : std::move(changed.came),
                                           {},
                                           std::move(changed.went),
                                           {}});
      });
}

caf::result<settled> reread(salon_pointer self, const reread_request& msg) {
  struct found_request {
    bool over = false; ///< and nothing else came of it
    std::optional<decided_request> decision;
  };
  return ask_and_take(
      self,
      [msg](const writing& db) {
        const bool over = !db.join_requests.has(msg.salon, msg.who) && !is_member(db, msg.salon, msg.who);
        return found_request{over, decision_for(db, msg.salon, msg.who, false)};
      },
      [self, who = msg.who](const found_request& found) {
        if (!found.over)
          return;
        self->send(self->state.relay, tell_user{who, event::request_refused{self->state.rules.record().name}});
        if (found.decision)
          self->send(self->state.relay, decision_told{who, *found.decision});
      });
}

} // namespace salond
