#include "actors/ask_store.hpp"
#include "actors/bans.hpp"
#include "actors/cluster/news_reader.hpp"
#include "actors/server_steps.hpp"
#include "actors/wall_clock.hpp"
#include "config/log.hpp"
#include "persistence/contracts/bans.hpp"
#include <algorithm>

namespace salond {
namespace {

using pointer = server_pointer;

constexpr size_t max_listener_failures = 3; // a minute
constexpr size_t max_service_failures = 9;  // a minute

/// Bans or passwords were started again.
void tell_of_services(pointer self) {
  const auto& actors = self->state.actors;
  if (actors.news)
    self->send(caf::actor_cast<news_actor>(actors.news), serving{actors.bans, actors.passwords});
  self->send(actors.relay, serving{actors.bans, actors.passwords});
  if (actors.admin)
    self->send(actors.admin, serving{actors.bans, actors.passwords});
}

void tell_of_change(pointer self) {
  if (self->state.events.changed)
    self->state.events.changed(self->state.actors);
}

void on_listener_failure(pointer self, size_t which) {
  auto& st = self->state;
  const auto where = st.parts.doors[which].where.to_string();
  if (st.listener_failures[which].add(self->clock().now()) > max_listener_failures) {
    log::error("a listener failed too often; ending", {{"at", where}});
    return end_of_node(self, 1);
  }
  log::error("a listener failed and is opened again", {{"at", where}});
  reopen_listener(self, which);
}

/// False: it failed too often of late, and the node ends. What fails at once each time would fill the log for ever.
bool may_start_again(pointer self, const char* which, const caf::error& why) {
  if (self->state.service_failures[which].add(self->clock().now()) > max_service_failures) {
    log::error(std::string(which) + " failed ten times in a minute; ending", {{"why", to_string(why)}});
    end_of_node(self, 1);
    return false;
  }
  log::error(std::string(which) + " failed and is started again", {{"why", to_string(why)}});
  return true;
}

} // namespace

void reopen_listener(pointer self, size_t which) {
  auto& st = self->state;
  if (st.stopping)
    return;
  try {
    st.parts.doors[which] = bind_again(st.parts.doors[which]);
    start_listener(self, which);
    tell_of_change(self);
  } catch (const std::exception& error) {
    log::error("cannot open a listener again, trying on", {{"why", error.what()}});
    self->delayed_send(self, std::chrono::seconds{1}, retry_listener{which});
  }
}

void restart_bans(pointer self) {
  write_store(
      self, self->state.actors.store, // a write, so that it comes behind what the failed one had in flight
      [at = wall_clock()](const persistence::writing& db) {
        return std::pair{db.bans.all(at), db.bans.addresses(at)};
      },
      [self](std::pair<std::vector<ban>, std::vector<address_ban>>& out) {
        self->send(self->state.actors.relay, told_of(out.second)); // the old one may have died between
        start_bans(self, std::move(out.first));
        tell_of_services(self);
        tell_of_change(self);
      },
      [self](fault why) {
        self->delayed_send(self, std::chrono::seconds{1}, retry_bans{});
        log::warning("cannot read the bans, trying on", {{"why", to_string(why)}});
      });
}

void settle_if_closed(pointer self) {
  auto& st = self->state;
  if (st.stopping && st.open_listeners != 0)
    return;
  for (auto& waiting : std::exchange(st.settling, {}))
    self->request(st.actors.relay, caf::infinite, settle{})
        .then([waiting](settled) mutable { waiting.deliver(settled{}); },
              [waiting](caf::error& why) mutable { waiting.deliver(std::move(why)); });
}

void on_down(pointer self, const caf::down_msg& down) {
  auto& st = self->state;
  if (std::find(st.actors.listeners.begin(), st.actors.listeners.end(), down.source) != st.actors.listeners.end()) {
    --st.open_listeners;
    settle_if_closed(self);
  }
  if (st.ending) {
    if (down.source == st.actors.store)
      end_of_node(self, st.status);
    return;
  }
  if (down.source == st.actors.passwords) {
    if (!may_start_again(self, "the passwords' actor", down.reason))
      return;
    start_passwords(self);
    tell_of_services(self);
    return tell_of_change(self);
  }
  if (down.source == st.actors.indexer) {
    if (st.closing || !may_start_again(self, "the indexer", down.reason))
      return;
    start_indexer(self);
    return tell_of_change(self);
  }
  if (down.source == st.actors.admin) {
    if (!may_start_again(self, "the admin actor", down.reason))
      return;
    start_admin(self);
    return tell_of_change(self); // the program publishes it anew
  }
  if (down.source == st.actors.retention) {
    if (st.closing || !may_start_again(self, "the removal of old messages", down.reason))
      return; // it was ended, or the node ends
    start_retention(self);
    return tell_of_change(self);
  }
  if (down.source == st.actors.bans) {
    return may_start_again(self, "the ban registry", down.reason) ? restart_bans(self) : void();
  }
  if (down.source == st.actors.links && st.closing) // they were ended
    return;
  for (size_t i = 0; i < st.actors.listeners.size(); ++i)
    if (down.source == st.actors.listeners[i])
      return st.stopping ? void() : on_listener_failure(self, i);
  log::error("an actor failed that cannot be started again; ending", {{"why", to_string(down.reason)}});
  end_of_node(self, 1);
}

} // namespace salond
