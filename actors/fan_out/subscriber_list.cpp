#include "actors/fan_out/subscriber_list.hpp"
#include <algorithm>

namespace salond {
namespace {

bool is_of(const event::any& event, connection_id author) {
  const auto* said = std::get_if<event::said>(&event);
  return said && author != connection_id{} && said->from == author;
}

} // namespace

const shared_texts& spelled_batch::find(const spelling& wanted) {
  if (!first_.spells && wanted.tells_author()) {
    first_ = {&wanted, spell(wanted)};
    return first_.texts;
  }
  for (const auto& known : others_)
    if (known.spells == &wanted)
      return known.texts;
  others_.push_back({&wanted, spell(wanted)});
  return others_.back().texts;
}

const shared_texts& spelled_batch::find_for(const subscriber& who) {
  if (who.spells->tells_author() || !has_words_of(who.number))
    return find(*who.spells);
  for_author_ = spell(*who.spells, who.number);
  if (for_author_->bytes.empty())
    for_author_ = nullptr;
  return for_author_;
}

bool spelled_batch::has_words_of(connection_id author) const {
  return std::any_of(events_.begin(), events_.end(), [author](const auto& event) { return is_of(event, author); });
}

/// `but`: without what that connection said.
shared_texts spelled_batch::spell(const spelling& wanted, connection_id but) const {
  auto texts = std::make_shared<spelled_texts>();
  for (const auto& event : events_)
    if (!is_of(event, but))
      wanted.spell(*texts, event);
  return texts;
}

void subscriber_list::add(subscriber& who) {
  for (const auto& subscription : who.subscriptions_)
    if (subscription.list == this)
      return;
  who.subscriptions_.push_back({this, all_.size()});
  all_.push_back(&who);
}

void subscriber_list::remove(subscriber& who) {
  auto& his = who.subscriptions_;
  const auto mine = std::find_if(his.begin(), his.end(), [this](const auto& each) { return each.list == this; });
  if (mine == his.end())
    return;
  const auto place = mine->place;
  his.erase(mine);
  auto* last = all_.back(); // takes the place that is free now
  all_[place] = last;
  all_.pop_back();
  for (auto& subscription : last->subscriptions_)
    if (subscription.list == this && last != &who)
      subscription.place = place;
}

void subscriber_list::clear() {
  while (!all_.empty())
    remove(*all_.back());
}

void subscriber_list::remove_from_all(subscriber& who) {
  while (!who.subscriptions_.empty())
    who.subscriptions_.back().list->remove(who);
}

std::vector<salon_id> subscriber_list::salons_of(const subscriber& who) {
  std::vector<salon_id> salons;
  for (const auto& subscription : who.subscriptions_)
    salons.push_back(subscription.list->salon_);
  return salons;
}

std::vector<user_id> subscriber_list::users() const {
  std::vector<user_id> users;
  for (const auto* who : all_)
    if (!who->hung_up())
      users.push_back(who->account());
  return users;
}

} // namespace salond
