#include "actors/audience.hpp"
#include "actors/ask_store.hpp"
#include "actors/network.hpp"
#include "actors/wall_clock.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond {
namespace {

/// Connections above the limit that may still be told why they are closed.
constexpr size_t most_refusals_at_once = 256;

} // namespace

connection_id audience::next_id() {
  // The clock's milliseconds above a counter: no two are the same, across restarts too.
  if (ids_ == 0)
    ids_ = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
               .count()
           << 20;
  return connection_id{++ids_};
}

std::optional<fault> audience::refuses(const std::string& address) const {
  const auto& limits = settings.limits;
  if (closing || (limits.connections != 0 && connections_.size() >= limits.connections))
    return fault::too_many_connections;
  const auto network = network_of(address);
  const auto here = addresses_.find(network);
  if (limits.connections_per_address != 0 && !network.empty() && here != addresses_.end()
      && here->second >= limits.connections_per_address)
    return fault::too_many_connections;
  return std::nullopt;
}

bool audience::overrun() const {
  const auto most = settings.limits.connections;
  return closing || (most != 0 && connections_.size() >= most + most_refusals_at_once);
}

void audience::enter(hearer& who) {
  who.number = next_id();
  connections_.emplace(who.number, &who);
  who.network = network_of(who.peer);
  ++addresses_[who.network];
}

void audience::leave(hearer& who) {
  if (connections_.erase(who.number) == 0)
    return;
  const auto here = addresses_.find(who.network);
  if (here != addresses_.end() && --here->second == 0)
    addresses_.erase(here);
  while (!who.seats.empty())
    stand_up(who, *who.seats.back().at);
  if (who.dirty)
    dirty_.erase(std::remove(dirty_.begin(), dirty_.end(), &who), dirty_.end());
  if (const auto mine = users_.find(who.account); mine != users_.end()) {
    auto& list = mine->second;
    list.erase(std::remove(list.begin(), list.end(), &who), list.end());
    if (list.empty())
      users_.erase(mine);
    const auto requests =
        settings.requests.keep_offline ? persistence::store::requests::keep : persistence::store::requests::end;
    caf::anon_send(directory, depart{who.account, who.number, requests});
  }
  tell_if_over();
}

void audience::open(const salon_opened& what) {
  auto& place = desks_[what.record.id];
  if (!place)
    place = std::make_unique<desk>();
  by_key_.erase(key_of(place->record.name));
  by_name_.erase(place->record.name);
  place->record = what.record;
  place->salon = what.salon;
  place->archived = false;
  by_key_[key_of(what.record.name)] = place.get();
  by_name_[what.record.name] = place.get();
  listed_.clear();
}

void audience::lose(salon_id which) {
  const auto found = desks_.find(which);
  if (found == desks_.end())
    return;
  found->second->salon = nullptr;
  found->second->posts = 0;
  for (auto* who : everybody())
    who->lost(which);
  tell_if_over();
}

void audience::archive(salon_id which) {
  auto* at = find(which);
  if (!at)
    return;
  at->archived = true;
  listed_.clear();
  by_key_.erase(key_of(at->record.name));
  by_name_.erase(at->record.name);
  while (!at->hearers.empty())
    stand_up(*at->hearers.back(), *at);
}

void audience::serve(const serving& now) {
  services = now;
  for (auto* who : everybody())
    who->services_lost();
}

void audience::take_up(const new_settings& now) {
  settings = *now.values;
  certificate = now.certificate;
}

void audience::reserve(const std::vector<std::string>& operators) {
  reserved_.clear();
  for (const auto& name : operators)
    reserved_.push_back(skeletons_of(name));
}

bool audience::is_reserved_for_operator(const std::string& username) const {
  const auto looks = skeletons_of(username);
  return std::any_of(reserved_.begin(), reserved_.end(),
                     [&](const skeletons& other) { return look_alike(other, looks); });
}

std::vector<hearer*> audience::everybody() const {
  std::vector<hearer*> all;
  all.reserve(connections_.size());
  for (const auto& [id, who] : connections_)
    all.push_back(who);
  return all;
}

desk* audience::find(const std::string& name) {
  if (const auto exact = by_name_.find(name); exact != by_name_.end())
    return exact->second;
  const auto folded = by_key_.find(key_of(name));
  return folded == by_key_.end() ? nullptr : folded->second;
}

desk* audience::find(salon_id which) {
  const auto found = desks_.find(which);
  return found == desks_.end() ? nullptr : found->second.get();
}

void audience::sit(hearer& who, desk& at) {
  for (const auto& one : who.seats)
    if (one.at == &at)
      return;
  who.seats.push_back({&at, at.hearers.size()});
  at.hearers.push_back(&who);
}

void audience::stand_up(hearer& who, desk& at) {
  const auto mine = std::find_if(who.seats.begin(), who.seats.end(), [&](const seat& s) { return s.at == &at; });
  if (mine == who.seats.end())
    return;
  const auto place = mine->place;
  who.seats.erase(mine);
  auto* last = at.hearers.back();
  at.hearers[place] = last;
  at.hearers.pop_back();
  for (auto& one : last->seats)
    if (one.at == &at && last != &who)
      one.place = place;
}

void audience::tell(told& what, instant now) {
  const auto found = desks_.find(what.salon);
  if (found == desks_.end())
    return;
  auto& at = *found->second;
  const auto change = [&](const std::vector<user_id>& whom, bool member) {
    for (const auto user : whom) {
      const auto place = users_.find(user);
      if (place == users_.end())
        continue;
      for (auto* who : place->second) {
        if (!who->listening)
          who->while_arriving[at.record.id] = member;
        else if (member)
          sit(*who, at);
        else
          stand_up(*who, at);
      }
    }
  };
  change(what.entered, true);
  if (!what.events.empty()) {
    std::array<shared_texts, dialect_count> spelled;
    for (auto* who : at.hearers) {
      auto& bytes = spelled[static_cast<size_t>(who->speaks)];
      if (!bytes)
        bytes = spell(who->speaks, what.events);
      who->hear(bytes);
    }
    const auto messages = what.events.size(), deliveries = messages * at.hearers.size();
    messages_ += messages;
    at.messages += messages;
    deliveries_ += deliveries;
    recent_messages_.add(messages, now);
    recent_deliveries_.add(deliveries, now);
  }
  change(what.gone, false);
  for (auto& one : what.replies)
    answer(one, at);
  while (!at.parked.empty() && at.posts < settings.limits.posts_in_flight_per_salon) {
    const auto next = connections_.find(at.parked.front());
    at.parked.pop_front();
    if (next != connections_.end())
      next->second->unparked();
  }
}

std::vector<user_id> audience::users_hearing(salon_id which) {
  std::vector<user_id> users;
  if (const auto* at = find(which))
    for (const auto* who : at->hearers)
      if (!who->hung_up)
        users.push_back(who->account);
  return users;
}

void audience::answer(reply& what, desk& at) {
  if (std::holds_alternative<rules::answer::posted>(what.what) && at.posts > 0)
    --at.posts;
  const auto found = connections_.find(what.to);
  if (found != connections_.end())
    std::visit([&](auto& given) { found->second->answered(std::move(given)); }, what.what);
  tell_if_over();
}

void audience::close_user(user_id who, const event::any& last, connection_id only) {
  const auto found = users_.find(who);
  if (found == users_.end())
    return;
  for (auto* one : found->second)
    if (only == connection_id{} || one->number == only)
      one->close(last);
}

void audience::tell_user(user_id who, const event::any& what) {
  const auto found = users_.find(who);
  if (found == users_.end())
    return;
  for (auto* one : found->second)
    if (one->listening)
      one->hear(what);
}

void audience::change_account(const account_changed& what) {
  const auto found = users_.find(what.who);
  if (found == users_.end())
    return;
  for (auto* one : found->second)
    one->account_is(what.username, what.role);
}

surveyed audience::survey(instant time) const {
  surveyed now;
  now.connections = connections_.size();
  now.users = users_.size();
  now.messages = messages_;
  now.deliveries = deliveries_;
  now.messages_a_second = recent_messages_.a_second(time);
  now.deliveries_a_second = recent_deliveries_.a_second(time);
  for (const auto& [id, at] : desks_) {
    now.posts_in_flight += at->posts;
    now.posts_parked += at->parked.size();
    if (!at->archived)
      now.salons.push_back({id, at->record.name, at->hearers.size(), at->messages});
  }
  return now;
}

void audience::announce(const event::any& what) {
  std::array<shared_texts, dialect_count> spelled;
  for (const auto& [id, who] : connections_) {
    if (!who->listening)
      continue;
    auto& bytes = spelled[static_cast<size_t>(who->speaks)];
    if (!bytes)
      bytes = spell(who->speaks, {what});
    who->hear(bytes);
  }
}

void audience::close_all(const event::any& last, instant now, std::function<void()> when_over) {
  closing = true;
  for (const auto& [id, who] : connections_)
    who->close(last);
  note(allowed.take_all_lines(now, wall_clock()));
  allowed.tell_facts(instant::max());
  when_over_ = std::move(when_over);
  tell_if_over();
}

/// A post that was taken is stored before the end, though its author is gone: its salon may still have to send it on.
void audience::tell_if_over() {
  const auto owes = [](const auto& one) { return one.second->posts != 0; };
  if (when_over_ && connections_.empty() && std::none_of(desks_.begin(), desks_.end(), owes))
    std::exchange(when_over_, nullptr)();
}

void audience::touch(hearer& who) {
  if (who.dirty)
    return;
  who.dirty = true;
  dirty_.push_back(&who);
  flush_later();
}

void audience::flush_later() {
  if (!std::exchange(flush_due_, true))
    caf::anon_send(relay, flush_all{});
}

void audience::flush() {
  flush_due_ = false;
  while (!dirty_.empty()) { // a flush may end a connection, which then leaves the list
    auto* who = dirty_.back();
    dirty_.pop_back();
    who->dirty = false;
    who->flush();
  }
  if (delivered_.empty())
    return;
  tell_store(store, [which = std::exchange(delivered_, {})](persistence::store& db) {
    db.mark_delivered(which, wall_clock());
  });
}

void audience::wake(const hearer& who, instant when) {
  alarms_.emplace(when, who.number);
  tick_later();
}

void audience::tell_fact(const std::string& kind, const std::string& why, const std::string& address, instant now) {
  allowed.tell_fact(kind, why, address, now);
  tick_later();
}

void audience::tick_later() {
  if (ticking_ || (alarms_.empty() && !allowed.watches()))
    return;
  ticking_ = true;
  caf::delayed_anon_send(relay, std::chrono::milliseconds{250}, salond::tick{});
}

void audience::tick(instant now) {
  ticking_ = false;
  while (!alarms_.empty() && alarms_.begin()->first <= now) {
    const auto found = connections_.find(alarms_.begin()->second);
    alarms_.erase(alarms_.begin());
    if (found != connections_.end())
      found->second->time_has_come(now);
  }
  note(allowed.take_lines(now, wall_clock()));
  allowed.tell_facts(now);
  tick_later();
}

} // namespace salond
