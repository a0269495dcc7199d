// The audience's users: passwords that are tried, sessions that begin, what is told to one person.
#include "actors/ask_store.hpp"
#include "actors/audience.hpp"
#include "config/log.hpp"
#include <algorithm>

namespace salond {

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

rules::backlog::piece audience::start_hearing(hearer& who, const std::string& username, persistence::arrival&& as) {
  for (const auto salon : as.salons)
    who.while_arriving.emplace(salon, true); // what changed meanwhile is newer, and stays
  for (const auto& [salon, member] : who.while_arriving) {
    const auto place = desks_.find(salon);
    if (member && place != desks_.end())
      sit(who, *place->second);
  }
  who.while_arriving.clear();
  who.listening = true;
  return who.backlog.begin(username, std::move(as.waiting), std::move(as.later), std::move(as.decided));
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

void audience::tell_privately(user_id target, user_id author, connection_id from, const event::said_privately& what) {
  if (const auto found = users_.find(target); found != users_.end()) {
    for (auto* who : found->second) {
      if (!who->backlog.over())
        who->backlog.note(what.id);
      else if (!who->backlog.told(what.id)) // else it had waited: the author's answer came behind the target's welcome
        who->deliver(what);
    }
  }
  const auto others = users_.find(author);
  if (author == target || others == users_.end())
    return;
  for (auto* who : others->second)
    if (who->number != from && who->listening)
      who->hear(event::any{what});
}

void audience::answer(connection_id whom, rules::answer::any what) {
  if (const auto found = connections_.find(whom); found != connections_.end())
    found->second->answered(std::move(what));
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
