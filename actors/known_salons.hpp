// The salons as this node's connections see them, by name and by number: the actor that serves each, and its
// subscribers. A plain object of the I/O thread, part of the audience.
#pragma once
#include "actors/fan_out/subscriber_list.hpp"
#include "actors/interfaces/salon.hpp"
#include "actors/rules/post_room.hpp"
#include "protocol/words/event.hpp"
#include <memory>
#include <unordered_map>

namespace salond {

/// A salon as this node's connections see it.
struct local_salon {
  explicit local_salon(salon_id id) : subscribers(id) {}

  salon_record record;
  salon_actor actor; ///< invalid while the salon is not open
  subscriber_list subscribers;
  rules::post_room posts; ///< of this node
  uint64_t messages = 0;  ///< told since the start
  bool archived = false;
};

class known_salons {
public:
  /// It is found from now on, also where it was archived, or found under its new name.
  void open(const salon_record& record, const salon_actor& actor);
  /// Nobody finds it by its name any more, and nobody hears it.
  void archive(salon_id id);
  /// By name as typed; null when there is none. A salon that is found stays valid for ever.
  local_salon* find(const std::string& name);
  local_salon* find(salon_id id);
  /// Those that are not archived, by number, as `who` is told them at its login.
  std::vector<event::listed_salon> list_for(const subscriber& who);
  const std::unordered_map<salon_id, std::unique_ptr<local_salon>>& all() const { return all_; }

private:
  void forget_name(const local_salon& salon);

  std::unordered_map<salon_id, std::unique_ptr<local_salon>> all_;
  std::unordered_map<std::string, local_salon*> by_key_, by_name_;
  std::vector<event::listed_salon> listed_; ///< by number; empty: not gathered since a change
};

} // namespace salond
