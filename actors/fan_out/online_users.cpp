#include "actors/fan_out/online_users.hpp"
#include "actors/fan_out/subscriber_list.hpp"
#include <algorithm>

namespace salond {

void online_users::arrive(subscriber& who, user_id user) {
  who.stage_ = subscriber::stage::arriving;
  who.account_ = user;
  users_[user].push_back(&who);
}

std::vector<salon_id> online_users::begin(subscriber& who, const std::vector<salon_id>& stored) {
  auto& changes = who.while_arriving_;
  for (const auto salon : stored)
    changes.emplace(salon, true); // what changed meanwhile is newer, and stays
  std::vector<salon_id> salons;
  for (const auto& [salon, member] : changes)
    if (member)
      salons.push_back(salon);
  changes.clear();
  who.stage_ = subscriber::stage::online;
  return salons;
}

bool online_users::leave(subscriber& who) {
  const auto entry = users_.find(who.account_);
  if (entry == users_.end())
    return false;
  auto& list = entry->second;
  list.erase(std::remove(list.begin(), list.end(), &who), list.end());
  if (list.empty())
    users_.erase(entry);
  return true;
}

std::vector<user_id> online_users::all() const {
  std::vector<user_id> result;
  result.reserve(users_.size());
  for (const auto& [user, connections] : users_)
    result.push_back(user);
  return result;
}

const std::vector<subscriber*>& online_users::of(user_id user) const {
  static const std::vector<subscriber*> nobody;
  const auto found = users_.find(user);
  return found == users_.end() ? nobody : found->second;
}

void online_users::tell(user_id user, const event::any& event) const {
  const std::vector<event::any> events{event};
  spelled_batch batch{events};
  for (auto* who : of(user))
    if (online(*who))
      who->hear(batch.as(*who->spells));
}

bool online_users::has_another(const subscriber& who) const {
  const auto& all = of(who.account());
  return std::any_of(all.begin(), all.end(), [&](const auto* other) { return other != &who && online(*other); });
}

namespace {

/// Unless it was told already, or waits for the connection.
void tell_target(subscriber& who, spelled_batch& batch, const event::said_privately& message) {
  if (who.backlog.over()) {
    if (who.backlog.mark_told(message.id))
      who.deliver(batch.as(*who.spells), message.id);
  } else if (!who.backlog.note({message.id.value, weight_of(message.text.size(), message.author.size())})) {
    who.close(event::refused{fault::too_slow, {}});
  }
}

} // namespace

void online_users::tell_privately(user_id target, user_id author, connection_id from,
                                  const event::said_privately& message) const {
  const std::vector<event::any> events{message};
  spelled_batch batch{events};
  for (auto* who : of(target))
    tell_target(*who, batch, message);
  if (author == target)
    return;
  for (auto* who : of(author))
    if (who->number != from && online(*who))
      who->hear(batch.as(*who->spells));
}

std::vector<private_id> online_users::lacking(user_id target, std::vector<private_id> which) const {
  std::sort(which.begin(), which.end());
  constexpr auto most = rules::backlog::max_remembered / 2;
  if (which.size() > most)
    which.erase(which.begin(), which.end() - most);
  const auto& all = of(target);
  const auto is_known = [&](private_id id) {
    return std::none_of(all.begin(), all.end(), [id](const auto* who) { return who->backlog.lacks(id); });
  };
  which.erase(std::remove_if(which.begin(), which.end(), is_known), which.end());
  return which;
}

void online_users::tell_missed(user_id target, const event::said_privately& message) const {
  const std::vector<event::any> events{message};
  spelled_batch batch{events};
  for (auto* who : of(target))
    if (who->backlog.lacks(message.id))
      tell_target(*who, batch, message);
}

void online_users::confirm(user_id user, const decided_request& request) const {
  for (auto* who : of(user))
    if (online(*who))
      who->confirm(request);
}

void online_users::change_account(user_id user, const std::string& username, role now) const {
  for (auto* who : of(user))
    who->account_is(username, now);
}

void online_users::close(user_id user, const event::any& last, connection_id only) const {
  for (auto* who : of(user))
    if (only == connection_id{} || who->number == only)
      who->close(last);
}

} // namespace salond
