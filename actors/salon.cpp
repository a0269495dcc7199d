#include "actors/salon.hpp"
#include "actors/append_job.hpp"
#include "actors/ask_store.hpp"
#include "actors/cluster/salons.hpp"
#include "actors/salon_members.hpp"
#include "actors/wall_clock.hpp"
#include "config/log.hpp"
#include "persistence/contracts/homes.hpp"
#include "persistence/contracts/join_requests.hpp"
#include "persistence/decisions/memberships.hpp"
#include "protocol/words/names.hpp"

namespace salond {
namespace {

using pointer = salon_actor::stateful_broker_pointer<salon_state>;

void answer(pointer self, connection_id to, salon_answer content) {
  told out;
  out.salon = self->state.rules.record().id;
  out.replies.push_back({to, std::move(content)});
  self->send(self->state.relay, std::move(out));
}

void refuse_post(pointer self, const post& refused, fault why) {
  answer(self, refused.from, rules::answer_of<command::post>{why, refused.salon_as_typed});
}

void tell_stored(pointer self, const append_job& job) {
  const auto& record = self->state.rules.record();
  told out;
  out.salon = record.id;
  out.events.reserve(job.results().size());
  out.replies.reserve(job.results().size());
  auto stored = job.results().begin();
  for (const auto& [row, post] : job.entries()) {
    auto& answered = out.replies.emplace_back();
    answered.to = post.from;
    auto& posted = answered.answer.emplace<rules::answer_of<command::post>>();
    if (*stored)
      out.events.push_back(event::said{record.id, record.name, post.username, row.text, row.seq, row.at, post.from});
    else
      posted = {stored->why(), post.salon_as_typed};
    ++stored;
  }
  self->send(self->state.relay, std::move(out));
}

void appended(pointer self, const std::shared_ptr<append_job>& job) {
  self->state.appends.answered(job);
  self->send(self, append_next{});
}

/// `job`: null where there is none.
void append(pointer self, const std::shared_ptr<append_job>& job) {
  if (!job)
    return;
  self->request(self->state.store, caf::infinite, store_work{job})
      .then(
          [self, job](const store_done&) {
            tell_stored(self, *job);
            appended(self, job);
          },
          [self, job](caf::error& why) {
            for (const auto& entry : job->entries())
              refuse_post(self, entry.from, fault_of(why));
            appended(self, job);
          });
}

void take_post(pointer self, post& msg) {
  auto& st = self->state;
  if (st.archived)
    return refuse_post(self, msg, fault::unknown_salon);
  if (st.placed)
    return st.placed->post(st.rules.record().id, std::move(msg));
  append_job::entry entry;
  entry.row = {st.rules.record().id, msg.author, st.rules.next_seq(), std::move(msg.text), wall_clock()};
  entry.from = std::move(msg);
  append(self, st.appends.add(std::move(entry)));
}

/// Posts of a user who is looked for in the store wait for the answer: so they keep their order.
void on_post(pointer self, post& msg) {
  auto& st = self->state;
  const auto author = msg.author;
  if (const auto waiting = st.looked_for.find(author); waiting != st.looked_for.end())
    return waiting->second.push_back(std::move(msg));
  if (st.rules.has(author))
    return take_post(self, msg);
  st.looked_for[author].push_back(std::move(msg));
  confirm_member(self, author, [self, author](std::optional<fault> why) {
    auto posts = std::move(self->state.looked_for[author]);
    self->state.looked_for.erase(author);
    for (auto& post : posts)
      why ? refuse_post(self, post, *why) : take_post(self, post);
  });
}

/// Once all that was taken before the salon was archived is stored and told, answers those who wait for that.
void settle_if_told(pointer self) {
  auto& st = self->state;
  if (!st.appends.empty() || st.in_flight)
    return;
  for (auto& promise : std::exchange(st.ending, {}))
    promise.deliver(settled{});
}

/// The store has it: tells the members that somebody came, and changes the salon's own rules.
void enter(pointer self, user_id who, const std::string& username, std::vector<reply> replies) {
  auto& salon = self->state.rules;
  told out;
  out.salon = salon.record().id;
  out.entered.push_back(who);
  if (!salon.has(who)) // two connections of a user may ask at once: told once
    out.events.push_back(event::joined{out.salon, salon.record().name, username});
  salon.add(who);
  out.replies = std::move(replies);
  self->send(self->state.relay, std::move(out));
}

/// The same for a user who goes. `last`: what the members are told, if anything.
void go(pointer self, user_id who, std::optional<event::any> last, std::vector<reply> replies) {
  auto& salon = self->state.rules;
  told out;
  out.salon = salon.record().id;
  if (last && salon.has(who))
    out.events.push_back(std::move(*last));
  salon.remove(who);
  out.gone.push_back(who);
  out.replies = std::move(replies);
  self->send(self->state.relay, std::move(out));
}

event::any left_of(pointer self, const std::string& username) {
  const auto& record = self->state.rules.record();
  return event::left{record.id, record.name, username};
}

void join_now(pointer self, const join& msg) {
  auto& st = self->state;
  const auto id = st.rules.record().id;
  const auto refuse = [self, to = msg.from](fault why) { answer(self, to, rules::answer_of<command::join>{why}); };
  switch (st.rules.asks_to_join(msg.who)) {
  case rules::salon::admission::member_already: return answer(self, msg.from, rules::answer_of<command::join>{done{}});
  case rules::salon::admission::on_request:
    return write_store(
        self, st.store,
        [id, who = msg.who, now = wall_clock()](const persistence::writing& db) {
          return decisions::add_request(db, id, who, now);
        },
        [self, msg, refuse](const outcome<persistence::request_change>& made) {
          if (!made)
            return refuse(made.why());
          if (*made == persistence::request_change::made) // once for each request, however often it is asked for
            log::info("asked to join", {{"user", msg.username}, {"salon", self->state.rules.record().name}});
          answer(self, msg.from,
                 rules::answer_of<command::join>{done{}, event::request_waits{self->state.rules.record().name}});
        },
        refuse);
  case rules::salon::admission::member_now: break;
  }
  write_store(
      self, st.store,
      [id, who = msg.who](const persistence::writing& db) { return decisions::add_member(db, id, who); },
      [self, msg, refuse](const outcome<persistence::membership_change>& made) {
        if (!made)
          return refuse(made.why());
        enter(self, msg.who, msg.username, {{msg.from, rules::answer_of<command::join>{done{}}}});
      },
      refuse);
}

void on_join(pointer self, const join& msg) {
  confirm_member(self, msg.who, [self, msg](std::optional<fault>) { join_now(self, msg); });
}

void leave_now(pointer self, const leave& msg) {
  const auto refuse = [self, to = msg.from](fault why) { answer(self, to, rules::answer_of<command::leave>{why}); };
  write_store(
      self, self->state.store,
      [id = self->state.rules.record().id, who = msg.who](const persistence::writing& db) {
        return decisions::remove_member(db, id, who);
      },
      [self, msg, refuse](const outcome<persistence::membership_change>& made) {
        if (!made)
          return refuse(made.why());
        go(self, msg.who, left_of(self, msg.username), {{msg.from, rules::answer_of<command::leave>{done{}}}});
      },
      refuse);
}

void on_leave(pointer self, const leave& msg) {
  confirm_member(self, msg.who, [self, msg](std::optional<fault> why) {
    why ? answer(self, msg.from, rules::answer_of<command::leave>{*why}) : leave_now(self, msg);
  });
}

/// Answers once it is known whether the user is a member.
caf::result<member_confirmed> on_check(pointer self, const check_member& msg) {
  auto answer = self->make_response_promise<member_confirmed>();
  confirm_member(self, msg.who, [answer](std::optional<fault> why) mutable {
    why ? answer.deliver(make_error(*why)) : answer.deliver(member_confirmed{});
  });
  return answer;
}

/// Lists members for a salon on one of several nodes: the store knows who is connected with the others.
caf::result<users_named> list_of_all_nodes(pointer self, const list_members& msg) {
  constexpr size_t max_names = 64; // names of 512 bytes make up a piece
  auto answer = self->make_response_promise<users_named>();
  confirm_member(self, msg.who, [self, answer, msg](std::optional<fault> why) mutable {
    if (why) {
      answer.deliver(make_error(*why));
      return;
    }
    read_store(
        self, self->state.store,
        [salon = self->state.rules.record().id, msg](const persistence::reading& db) {
          return db.homes.connected_members(salon, msg.after_key, max_names);
        },
        [answer](std::vector<std::string>& names) mutable {
          users_named found;
          found.found.last_key = names.size() < max_names ? std::string() : key_of(names.back());
          found.found.usernames = std::move(names);
          answer.deliver(std::move(found));
        },
        [answer](fault error) mutable { answer.deliver(make_error(error)); });
  });
  return answer;
}

/// On a single node the relay answers, behind what it was told before.
caf::result<users_named> on_list(pointer self, const list_members& msg) {
  if (self->state.placed)
    return list_of_all_nodes(self, msg);
  if (const auto why = self->state.rules.refuses(msg.who))
    return make_error(*why);
  return self->delegate(self->state.relay, list_hearers{self->state.rules.record().id, msg.after_key});
}

decided_request decided(pointer self, const decision& why, bool accepted) {
  const auto& record = self->state.rules.record();
  return {record.id, record.name, accepted, why.at};
}

caf::result<settled> on_admit(pointer self, const admit& msg) {
  auto answer = self->make_response_promise<settled>();
  write_store(
      self, self->state.store,
      [msg, verdict = decided(self, msg.why, true)](const persistence::writing& db) -> outcome<done> {
        if (msg.by == decided_by::request) {
          const auto accepted = decisions::accept_request(db, msg.salon, msg.who, msg.why);
          if (accepted && msg.remembered)
            db.join_requests.remember_decision(msg.who, verdict);
          return accepted;
        }
        const auto made = decisions::admit(db, msg.salon, key_of(msg.username), msg.why);
        if (made)
          return done{};
        return made.why();
      },
      [self, answer, msg](const outcome<done>& made) mutable {
        if (!made) {
          answer.deliver(make_error(made.why()));
          return;
        }
        enter(self, msg.who, msg.username, {});
        if (msg.remembered && msg.by == decided_by::request)
          self->send(self->state.relay, decision_told{msg.who, decided(self, msg.why, true)});
        answer.deliver(settled{});
      },
      [answer](fault why) mutable { answer.deliver(make_error(why)); });
  return answer;
}

caf::result<settled> on_dismiss(pointer self, const dismiss& msg) {
  auto answer = self->make_response_promise<settled>();
  write_store(
      self, self->state.store,
      [msg, verdict = decided(self, msg.why, false)](const persistence::writing& db) {
        if (msg.by == decided_by::operators)
          return decisions::dismiss(db, msg.salon, key_of(msg.username), msg.why);
        auto ended = decisions::reject_request(db, msg.salon, msg.who, msg.why);
        if (ended && msg.remembered)
          db.join_requests.remember_decision(msg.who, verdict);
        return ended;
      },
      [self, answer, msg](const outcome<persistence::membership_change>& ended) mutable {
        if (!ended) {
          answer.deliver(make_error(ended.why()));
          return;
        }
        if (msg.by == decided_by::request) { // a rejection is told to the rejected alone
          go(self, msg.who, std::nullopt, {});
          self->send(self->state.relay, tell_user{msg.who, event::request_refused{self->state.rules.record().name}});
          if (msg.remembered)
            self->send(self->state.relay, decision_told{msg.who, decided(self, msg.why, false)});
        } else {
          go(self, msg.who, left_of(self, msg.username), {});
        }
        answer.deliver(settled{});
      },
      [answer](fault why) mutable { answer.deliver(make_error(why)); });
  return answer;
}

caf::result<settled> on_archived(pointer self) {
  auto answer = self->make_response_promise<settled>();
  auto& st = self->state;
  st.archived = true;
  st.ending.push_back(answer);
  if (st.placed && !std::exchange(st.in_flight, true))
    st.placed->when_answered(st.rules.record().id,
                             [to = caf::actor_cast<salon_actor>(self)] { caf::anon_send(to, posts_answered{}); });
  settle_if_told(self);
  return answer;
}

} // namespace

salon_actor::behavior_type salon(pointer self, rules::salon opened, store_actor store, relay_actor relay,
                                 std::shared_ptr<cluster::salons> placed) {
  self->state.rules = std::move(opened);
  self->state.store = std::move(store);
  self->state.relay = std::move(relay);
  self->state.placed = std::move(placed);
  if (self->state.placed)
    self->state.placed->open(self->state.rules.record().id, self->state.rules.record().last_seq);
  self->set_error_handler([](caf::error& why) {
    log::warning("a salon was told an error", {{"why", to_string(why)}});
  });
  return {
      [self](post& msg) { on_post(self, msg); },
      [self](const join& msg) { on_join(self, msg); },
      [self](const leave& msg) { on_leave(self, msg); },
      [self](const check_member& msg) { return on_check(self, msg); },
      [self](const list_members& msg) { return on_list(self, msg); },
      [self](const member_added& msg) {
        self->state.rules.add(msg.who);
        return settled{};
      },
      [self](const members_added& msg) {
        for (const auto who : msg.who)
          self->state.rules.add(who);
        return settled{};
      },
      [self](const member_gone& msg) {
        go(self, msg.who, std::nullopt, {});
        return settled{};
      },
      [self](const append_next&) {
        append(self, self->state.appends.end_one());
        settle_if_told(self);
      },
      [self](const admit& msg) { return on_admit(self, msg); },
      [self](const dismiss& msg) { return on_dismiss(self, msg); },
      [self](const salon_changed& msg) {
        self->state.archived = false;
        self->state.rules.change(msg.now);
        return settled{};
      },
      [self](const reread_member& msg) { return reread(self, msg); },
      [self](const reread_members& msg) { return reread(self, msg); },
      [self](const reread_request& msg) { return reread(self, msg); },
      [self](const salon_archived&) { return on_archived(self); },
      [self](const posts_answered&) {
        self->state.in_flight = false;
        settle_if_told(self);
      },
  };
}

} // namespace salond
