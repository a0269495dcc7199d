#include "actors/known_salons.hpp"
#include "protocol/words/names.hpp"
#include <algorithm>

namespace salond {

void known_salons::open(const salon_record& record, const salon_actor& actor) {
  auto& salon = all_[record.id];
  if (!salon)
    salon = std::make_unique<local_salon>(record.id);
  forget_name(*salon);
  salon->record = record;
  salon->actor = actor;
  salon->archived = false;
  by_key_[key_of(record.name)] = salon.get();
  by_name_[record.name] = salon.get();
  listed_.clear();
}

void known_salons::archive(salon_id id) {
  auto* salon = find(id);
  if (!salon)
    return;
  salon->archived = true;
  listed_.clear();
  forget_name(*salon);
  salon->subscribers.clear();
}

void known_salons::forget_name(const local_salon& salon) {
  by_key_.erase(key_of(salon.record.name));
  by_name_.erase(salon.record.name);
}

local_salon* known_salons::find(const std::string& name) {
  if (const auto exact = by_name_.find(name); exact != by_name_.end())
    return exact->second;
  const auto folded = by_key_.find(key_of(name));
  return folded == by_key_.end() ? nullptr : folded->second;
}

local_salon* known_salons::find(salon_id id) {
  const auto found = all_.find(id);
  return found == all_.end() ? nullptr : found->second.get();
}

std::vector<event::listed_salon> known_salons::list_for(const subscriber& who) {
  const auto earlier = [](const event::listed_salon& a, const event::listed_salon& b) {
    return a.id.value < b.id.value;
  };
  if (listed_.empty()) {
    for (const auto& [id, salon] : all_)
      if (!salon->archived)
        listed_.push_back({id, salon->record.name, false});
    std::sort(listed_.begin(), listed_.end(), earlier);
  }
  auto result = listed_;
  for (const auto id : subscriber_list::salons_of(who)) {
    const event::listed_salon wanted{id, {}, true};
    const auto found = std::lower_bound(result.begin(), result.end(), wanted, earlier);
    if (found != result.end() && found->id == wanted.id)
      found->member = true;
  }
  return result;
}

} // namespace salond
