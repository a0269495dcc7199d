#include "actors/fan_out/connection_registry.hpp"
#include "actors/network.hpp"
#include <algorithm>

namespace salond {

connection_id connection_registry::next_id(int64_t run) {
  // The run, or the clock's milliseconds, above a counter. Two nodes may begin in the same millisecond.
  if (last_id_ == 0 && run != 0)
    last_id_ = run << 32;
  else if (last_id_ == 0)
    last_id_ =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count()
        << 20;
  return connection_id{++last_id_};
}

std::optional<fault> connection_registry::refuses(const std::string& address, const config::limits& limits) const {
  if (limits.connections != 0 && all_.size() - refused_ >= limits.connections)
    return fault::too_many_connections;
  const auto network = network_of(address);
  const auto here = networks_.find(network);
  if (limits.connections_per_address != 0 && !network.empty() && here != networks_.end()
      && here->second >= limits.connections_per_address)
    return fault::too_many_connections;
  return std::nullopt;
}

bool connection_registry::overrun(const config::limits& limits) const {
  return limits.connections != 0 && all_.size() >= limits.connections + max_refusals_at_once;
}

void connection_registry::enter(subscriber& who, int64_t run) {
  who.number = next_id(run);
  all_.emplace(who.number, &who);
  who.network = network_of(who.peer);
  if (who.refused)
    ++refused_;
  else
    ++networks_[who.network];
}

bool connection_registry::leave(subscriber& who) {
  if (all_.erase(who.number) == 0)
    return false;
  if (who.refused) {
    --refused_;
    return true;
  }
  const auto here = networks_.find(who.network);
  if (here != networks_.end() && --here->second == 0)
    networks_.erase(here);
  return true;
}

subscriber* connection_registry::find(connection_id number) const {
  const auto found = all_.find(number);
  return found == all_.end() ? nullptr : found->second;
}

std::vector<subscriber*> connection_registry::all() const {
  std::vector<subscriber*> all;
  all.reserve(all_.size());
  for (const auto& [number, who] : all_)
    all.push_back(who);
  return all;
}

void pending_writes::remove(subscriber& who) {
  if (!std::exchange(who.has_to_write_, false))
    return;
  waiting_.erase(std::remove(waiting_.begin(), waiting_.end(), &who), waiting_.end());
}

void pending_writes::flush() {
  while (!waiting_.empty()) {
    auto* who = waiting_.back();
    waiting_.pop_back();
    who->has_to_write_ = false;
    who->flush();
  }
}

} // namespace salond
