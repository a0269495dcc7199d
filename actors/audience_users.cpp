// The audience's users: passwords that are tried, sessions that begin, what is told to one person.
#include "actors/ask_store.hpp"
#include "actors/audience.hpp"
#include "config/log.hpp"
#include <algorithm>

namespace salond {
namespace {

event::any event_of(const decided_request& what, const std::string& username) {
  if (what.accepted)
    return event::joined{what.salon, what.salon_name, username};
  return event::request_refused{what.salon_name};
}

/// What waited, by its time.
std::vector<event::any> events_of(const persistence::arrival& as, const std::string& username) {
  std::vector<event::any> result;
  auto decision = as.decided.begin();
  for (const auto& one : as.waiting) {
    for (; decision != as.decided.end() && decision->at < one.at; ++decision)
      result.push_back(event_of(*decision, username));
    result.push_back(event::said_privately{one.id, one.author, one.text, one.at});
  }
  for (; decision != as.decided.end(); ++decision)
    result.push_back(event_of(*decision, username));
  return result;
}

} // namespace

void audience::end_attempt(admission::attempt& what, admission::attempt_result how, size_t guesses, instant now) {
  for (const auto next : allowed.over(what, how, guesses, now))
    if (const auto found = connections_.find(next); found != connections_.end())
      found->second->attempt_due();
  tick_later(); // a burst of failures ends with time
}

/// What nobody waits for: should the database not take it, the log has it.
void audience::note(std::vector<admission::line> lines) {
  for (auto& one : lines) {
    log::warning("wrong passwords", {{"account", one.to}, {"from", one.why.from}, {"what", one.why.reason}});
    tell_store(store, [one](persistence::store& db) { db.note(one.why, one.what, one.to, one.result); });
  }
}

void audience::arrive(hearer& who, user_id as) {
  who.account = as;
  users_[as].push_back(&who);
}

std::vector<event::any> audience::start_hearing(hearer& who, const std::string& username,
                                                const persistence::arrival& as) {
  for (const auto salon : as.salons)
    who.while_arriving.emplace(salon, true); // what changed meanwhile is newer, and stays
  for (const auto& [salon, member] : who.while_arriving) {
    const auto place = desks_.find(salon);
    if (member && place != desks_.end())
      sit(who, *place->second);
  }
  auto missed = events_of(as, username);
  std::unordered_set<private_id> known;
  for (const auto& one : as.waiting) {
    known.insert(one.id);
    who.told_up_to = std::max(who.told_up_to, one.id);
  }
  for (auto& one : who.told_while_arriving)
    if (known.count(one.id) == 0)
      missed.push_back(std::move(one));
  who.while_arriving.clear();
  std::vector<event::said_privately>{}.swap(who.told_while_arriving);
  who.listening = true;
  return missed;
}

std::vector<event::listed_salon> audience::list_for(const hearer& who) {
  const auto earlier = [](const event::listed_salon& a, const event::listed_salon& b) {
    return a.id.value < b.id.value;
  };
  if (listed_.empty()) {
    for (const auto& [id, at] : desks_)
      if (!at->archived)
        listed_.push_back({id, at->record.name, false});
    std::sort(listed_.begin(), listed_.end(), earlier);
  }
  auto result = listed_;
  for (const auto& one : who.seats) {
    const event::listed_salon wanted{one.at->record.id, {}, true};
    const auto found = std::lower_bound(result.begin(), result.end(), wanted, earlier);
    if (found != result.end() && found->id == wanted.id)
      found->member = true;
  }
  return result;
}

void audience::tell_privately(user_id target, user_id author, const hearer& from, const event::said_privately& what) {
  if (const auto found = users_.find(target); found != users_.end()) {
    for (auto* who : found->second) {
      if (!who->listening)
        who->told_while_arriving.push_back(what);
      else if (who->told_up_to < what.id) // else it had waited: the author's answer came behind the target's welcome
        who->deliver(what);
    }
  }
  const auto others = users_.find(author);
  if (author == target || others == users_.end())
    return;
  for (auto* who : others->second)
    if (who != &from && who->listening)
      who->hear(event::any{what});
}

void audience::delivered(std::vector<private_id> which) {
  delivered_.insert(delivered_.end(), which.begin(), which.end());
  flush_later();
}

void audience::confirm(user_id who, const decided_request& what) {
  const auto found = users_.find(who);
  if (found == users_.end())
    return;
  for (auto* one : found->second)
    if (one->listening)
      one->confirm(what);
}

void audience::told_decisions(user_id who, std::vector<decided_request> which) {
  tell_store(store, [who, which = std::move(which)](persistence::store& db) { db.mark_told(who, which); });
}

} // namespace salond
