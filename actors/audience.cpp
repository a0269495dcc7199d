#include "actors/audience.hpp"
#include "actors/ask_store.hpp"
#include "actors/wall_clock.hpp"
#include "config/log.hpp"
#include "persistence/contracts/audit.hpp"
#include "persistence/contracts/join_requests.hpp"
#include "persistence/contracts/sessions.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond {

// --- connections ---

std::optional<fault> audience::refuses(const std::string& address) const {
  if (away_)
    return fault::storage;
  return closing ? fault::too_many_connections : connections_.refuses(address, settings.limits);
}

std::optional<fault> audience::keeps_out(const std::string& address) const {
  if (out_.empty())
    return std::nullopt;
  const auto client = address_range::parse(address);
  return client ? out_.refuses(*client, wall_clock()) : std::nullopt;
}

void audience::put_out(const address_out& fact) {
  if (const auto where = address_range::parse(fact.where))
    out_.put(*where, fact.for_good ? std::nullopt : std::optional(fact.until));
}

void audience::keep_out(const address_out& fact, instant at) {
  out_.sweep(wall_clock());
  put_out(fact);
  close_kept_out(at);
}

void audience::keep_out(const addresses_out& now, instant at) {
  out_ = {};
  for (const auto& salon : now.all)
    put_out(salon);
  close_kept_out(at);
}

void audience::let_in(const address_let_in& fact) {
  if (const auto where = address_range::parse(fact.where))
    out_.end(*where);
}

void audience::close_kept_out(instant at) {
  for (auto* who : connections_.all()) {
    const auto why = who->hung_up() ? std::nullopt : keeps_out(who->peer);
    if (!why)
      continue;
    tell_fact("closed a connection of a banned address", to_string(*why), who->peer, at);
    who->close(event::refused{*why, {}});
  }
}

void audience::turn_away() {
  if (std::exchange(away_, true))
    return;
  log::warning("this node cannot serve for now; its clients are closed");
  for (auto* who : connections_.all())
    who->close(event::refused{fault::storage, {}});
}

bool audience::overrun() const {
  return closing || connections_.overrun(settings.limits);
}

void audience::leave(subscriber& who) {
  if (!connections_.leave(who))
    return;
  subscriber_list::remove_from_all(who);
  writes_.remove(who);
  if (users.leave(who)) {
    const auto requests =
        settings.requests.keep_offline ? persistence::offline_requests::keep : persistence::offline_requests::end;
    caf::anon_send(directory, depart{who.account(), who.number, requests});
  }
  tell_if_over();
}

void audience::answer(connection_id whom, rules::answer::any content) {
  if (auto* who = connections_.find(whom))
    who->answered(std::move(content));
}

void audience::tell_fact(const std::string& kind, const std::string& why, const std::string& address, instant now) {
  allowed.tell_fact(kind, why, address, now);
  tick_later();
}

void audience::tell_login(const std::string& username, const subscriber& who, instant now) {
  allowed.tell_login(username, who.number, who.peer, now);
  tick_later();
}

void audience::end_attempt(admission::attempt& tried, admission::attempt_result outcome, size_t guesses, instant now) {
  for (const auto next : allowed.over(tried, outcome, guesses, now))
    if (auto* who = connections_.find(next))
      who->attempt_due();
  tick_later(); // a burst of failures ends with time
}

/// What nobody waits for: should the database not take it, the log has it.
void audience::note(std::vector<admission::line> lines) {
  for (auto& line : lines) {
    log::warning("failed logins", {{"account", line.to}, {"from", line.why.from}, {"what", line.why.reason}});
    tell_store(store,
               [line](const persistence::writing& db) { db.audit.note(line.why, line.word, line.to, line.result); });
  }
}

// --- sessions ---

void audience::start_hearing(subscriber& who, const std::vector<salon_id>& stored) {
  for (const auto id : users.begin(who, stored))
    if (auto* salon = salons.find(id))
      salon->subscribers.add(who);
}

bool audience::may_be_told(const subscriber& who, const std::vector<private_message>& waiting) const {
  const auto is_unmarked = [this](const private_message& message) { return marks.has(message.id); };
  return users.has_another(who) || std::any_of(waiting.begin(), waiting.end(), is_unmarked);
}

void audience::delivered(const std::vector<private_id>& which) {
  marks.add(which);
  flush_later();
}

void audience::close_user(const salond::close_user& fact) {
  if (std::holds_alternative<event::banned>(fact.last) || std::holds_alternative<event::erased>(fact.last))
    allowed.forget(fact.who);
  users.close(fact.who, fact.last, fact.only);
}

void audience::change_account(const account_changed& fact) {
  allowed.renamed(fact.who, key_of(fact.username));
  users.change_account(fact.who, fact.username, fact.role);
}

void audience::told_decisions(user_id who, std::vector<decided_request> which) {
  tell_store(store, [who, which = std::move(which)](const persistence::writing& db) {
    db.join_requests.mark_told(who, which);
  });
}

// --- salons ---

void audience::lose(salon_id which) {
  auto* salon = salons.find(which);
  if (!salon)
    return;
  salon->actor = nullptr;
  salon->posts.lost();
  for (auto* who : connections_.all())
    who->lost(which);
  tell_if_over();
}

void audience::tell(told& batch, instant now) {
  auto* salon = salons.find(batch.salon);
  if (!salon)
    return;
  change_members(batch.entered, *salon, online_users::membership::made);
  if (!batch.events.empty())
    tell_events(*salon, batch.events, now);
  change_members(batch.gone, *salon, online_users::membership::ended);
  for (auto& reply : batch.replies)
    answer(reply, *salon, now);
  while (const auto next = salon->posts.take_parked(settings.limits.posts_in_flight_per_salon))
    if (auto* who = connections_.find(*next))
      who->unparked();
}

void audience::change_members(const std::vector<user_id>& whom, local_salon& salon, online_users::membership now) {
  for (const auto user : whom)
    users.change_membership(user, salon.record.id, now, [&](subscriber& who) {
      now == online_users::membership::made ? salon.subscribers.add(who) : salon.subscribers.remove(who);
    });
}

void audience::tell_events(local_salon& salon, const std::vector<event::any>& events, instant now) {
  spelled_batch batch{events};
  salon.subscribers.tell(batch);
  const auto messages = static_cast<uint64_t>(std::count_if(
      events.begin(), events.end(), [](const auto& each) { return std::holds_alternative<event::said>(each); }));
  salon.messages += messages;
  told_.add(messages, salon.subscribers.size(), now);
}

void audience::answer(reply& found, local_salon& salon, instant now) {
  if (const auto* posted = std::get_if<rules::answer::posted>(&found.answer)) {
    salon.posts.answered();
    if (posted->why_not == fault::storage)
      refused_posts_.add(now);
  }
  std::visit([&](auto& given) { answer(found.to, std::move(given)); }, found.answer);
  tell_if_over();
}

std::vector<user_id> audience::users_hearing(salon_id which) {
  const auto* salon = salons.find(which);
  return salon ? salon->subscribers.users() : std::vector<user_id>{};
}

// --- everybody ---

void audience::serve(const serving& now) {
  services = now;
  for (auto* who : connections_.all())
    who->services_lost();
}

void audience::take_up(const new_settings& now) {
  settings = *now.values;
  certificate = now.certificate;
}

void audience::announce(const event::any& event) {
  const std::vector<event::any> events{event};
  spelled_batch batch{events};
  for (auto* who : connections_.all())
    if (online_users::online(*who))
      who->hear(batch.as(*who->spells));
}

surveyed audience::survey(instant time) const {
  surveyed now;
  now.connections = connections_.size();
  now.users = users.size();
  now.messages = told_.messages();
  now.deliveries = told_.deliveries();
  now.posts_refused = refused_posts_.count(time);
  now.messages_a_second = told_.messages_a_second(time);
  now.deliveries_a_second = told_.deliveries_a_second(time);
  for (const auto& [id, salon] : salons.all()) {
    now.posts_in_flight += salon->posts.in_flight();
    now.posts_parked += salon->posts.parked();
    if (!salon->archived)
      now.salons.push_back({id, salon->record.name, salon->subscribers.size(), salon->messages});
  }
  return now;
}

void audience::close_some(const event::any& last, size_t steps, size_t left) {
  closing = true;
  auto open = connections_.all();
  open.erase(std::remove_if(open.begin(), open.end(), [](const auto* who) { return who->hung_up(); }), open.end());
  if (left == steps)
    to_close_ = open.size();
  const auto stay = to_close_ * (left - 1) / steps;
  open.resize(open.size() - std::min(open.size(), stay)); // who left by himself was one of them
  for (auto* who : open)
    who->close(last);
}

void audience::close_all(const event::any& last, instant now, std::function<void()> when_over) {
  closing = true;
  for (auto* who : connections_.all())
    who->close(last);
  note(allowed.take_all_lines(now, wall_clock()));
  allowed.tell_facts(instant::max());
  when_over_ = std::move(when_over);
  tell_if_over();
}

/// A post that was taken is stored before the end, though its author is gone: its salon may still have to send it on.
void audience::tell_if_over() {
  const auto owes = [](const auto& salon) { return salon.second->posts.in_flight() != 0; };
  if (when_over_ && connections_.empty() && std::none_of(salons.all().begin(), salons.all().end(), owes))
    std::exchange(when_over_, nullptr)();
}

// --- turns of the loop ---

void audience::touch(subscriber& who) {
  if (writes_.add(who))
    flush_later();
}

void audience::flush_later() {
  if (!std::exchange(flush_due_, true))
    caf::anon_send(relay, flush_all{});
}

void audience::flush() {
  flush_due_ = false;
  writes_.flush();
}

void audience::wake(const subscriber& who, instant when) {
  alarms_.set(when, who.number);
  tick_later();
}

void audience::tick_later() {
  if (tick_due_ || !(alarms_.any() || allowed.watches()))
    return;
  tick_due_ = true;
  caf::delayed_anon_send(relay, std::chrono::milliseconds{250}, salond::tick{});
}

void audience::tick(instant now) {
  tick_due_ = false;
  while (const auto next = alarms_.take_due(now))
    if (auto* who = connections_.find(*next))
      who->time_has_come(now);
  note(allowed.take_lines(now, wall_clock()));
  allowed.tell_facts(now);
  tick_later();
}

} // namespace salond
