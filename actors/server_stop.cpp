#include "actors/cluster/salons.hpp"
#include "actors/server_steps.hpp"
#include "config/log.hpp"

namespace salond {
namespace {

using pointer = server_pointer;

// The last words to other nodes are written in a turn or two of the loop.
constexpr auto farewell_patience = std::chrono::milliseconds{500};
// A drain closes some clients, waits so long, and closes the next ones.
constexpr auto drain_step = std::chrono::milliseconds{250};
// Whoever does not take his last words by then comes back without them.
constexpr auto lost_patience = std::chrono::seconds{2};

void close_doors(pointer self) {
  auto& st = self->state;
  for (auto& listener : st.actors.listeners)
    caf::anon_send_exit(listener, caf::exit_reason::kill);
  for (const auto& door : st.parts.doors)
    remove_file_of(door);
}

/// Nothing new is asked of the store: a start goes on with what these had in work.
void end_background_work(pointer self) {
  caf::anon_send_exit(self->state.actors.indexer, caf::exit_reason::kill);
  caf::anon_send_exit(self->state.actors.retention, caf::exit_reason::kill);
}

/// The store closes (and SQLite writes its log back) when persistence ends; then the node does.
void close_store(pointer self, int status) {
  auto& st = self->state;
  st.ending = true;
  st.status = status;
  const auto close = [store = st.actors.store] { caf::anon_send_exit(store, caf::exit_reason::kill); };
  if (!st.actors.links)
    return close();
  self->request(st.actors.links, farewell_patience, end_links{"it stops"})
      .then([close](const links_ended&) { close(); }, [close](caf::error&) { close(); });
}

/// The database did not take all in time. What a start makes good is no loss, and no reason to be started again.
template <class End>
void end_undrained(pointer self, const End& end) {
  const auto lossy = [end] { end("stopping: the database did not take everything in time", 1); };
  self->request(self->state.actors.store, std::chrono::milliseconds{200}, count_work{})
      .then(
          [self, lossy](const counted_work& left) {
            if (left.lasting != 0)
              return lossy();
            log::warning("stopping: the database does not answer; everything is committed but who was connected, which "
                         "the next start sets right");
            end_of_node(self, 0); // without its store, which cannot be closed now
          },
          [lossy](caf::error&) { lossy(); });
}

} // namespace

void stop_in_order(pointer self) {
  auto& st = self->state;
  if (std::exchange(st.closing, true))
    return;
  st.stopping = true;
  close_doors(self);
  log::info("stopping: connections are closed");
  end_background_work(self);
  const auto begun = self->clock().now();
  const auto by = begun + std::chrono::seconds{std::max(1u, st.parts.settings.stop.seconds)};
  const auto left = [self, by] {
    return std::max<caf::timespan>(by - self->clock().now() - std::chrono::milliseconds{500},
                                   std::chrono::milliseconds{1});
  };
  const auto end = [self](const char* sentence, int status) {
    log::info(sentence);
    close_store(self, status);
  };
  const auto drain_store = [self, left, end] {
    self->request(self->state.actors.store, left(), drain{})
        .then([end](drained) { end("stopping: everything is committed", 0); },
              [self, end](caf::error&) { end_undrained(self, end); });
  };
  const auto settle = [self, left, drain_store] {
    self->request(self->state.actors.directory, left(), settle_departures{})
        .then([drain_store](const departures_settled&) { drain_store(); },
              [drain_store](caf::error&) { drain_store(); });
  };
  self->request(st.actors.relay, left(), close_all{event::stopping{}})
      .then(
          [self, settle](const all_closed&) {
            if (self->state.actors.placements)
              self->send(self->state.actors.placements, hand_over_all{});
            settle();
          },
          [settle](caf::error&) { settle(); });
}

void stop_later(pointer self, std::chrono::seconds after) {
  auto& st = self->state;
  if (st.closing)
    return;
  if (!std::exchange(st.stopping, true))
    close_doors(self);
  st.stop_at = self->clock().now() + after;
  self->send(st.actors.relay, announce{event::stopping_soon{after.count()}});
  self->delayed_send(self, after, stop_now{});
}

void drain_on_now(pointer self) {
  auto& st = self->state;
  if (st.closing)
    return;
  self->send(st.actors.relay, close_some{event::stopping{}, st.drain_steps, st.drain_left});
  if (--st.drain_left == 0)
    return stop_in_order(self);
  self->delayed_send(self, drain_step, drain_on{});
}

void begin_drain(pointer self, std::chrono::seconds over) {
  auto& st = self->state;
  if (st.closing || !st.parts.member)
    return;
  if (!std::exchange(st.stopping, true))
    close_doors(self);
  log::info("asked to drain: clients are closed one after the other", {{"seconds", over.count()}});
  st.parts.member->drain();
  const bool drains = st.drain_left != 0;
  st.drain_steps = st.drain_left = static_cast<size_t>(std::max<int64_t>(over / drain_step, 1));
  if (!drains)
    drain_on_now(self);
}

void leave_run(pointer self) {
  auto& st = self->state;
  if (std::exchange(st.closing, true))
    return; // it stops already
  const bool was_to_end = std::exchange(st.stopping, true);
  close_doors(self);
  log::error(was_to_end ? "another node goes on with this one's work; it was to end, and ends now"
                        : "another node goes on with this one's work; clients are closed, and the node starts anew");
  end_background_work(self);
  if (st.actors.links) // other nodes hear nothing more of this run
    caf::anon_send(st.actors.links, end_links{"another node goes on with its work"});
  const auto end = [self, status = was_to_end ? 0 : start_anew] { end_of_node(self, status); };
  self->request(st.actors.relay, lost_patience, close_all{event::refused{fault::storage, {}}})
      .then([end](const all_closed&) { end(); }, [end](caf::error&) { end(); });
}

void end_of_node(pointer self, int status) {
  auto& st = self->state;
  close_doors(self);
  for (const auto& actor :
       {caf::actor_cast<caf::actor>(st.actors.host), caf::actor_cast<caf::actor>(st.actors.bans),
        caf::actor_cast<caf::actor>(st.actors.passwords), caf::actor_cast<caf::actor>(st.actors.directory),
        caf::actor_cast<caf::actor>(st.actors.indexer), st.actors.retention,
        caf::actor_cast<caf::actor>(st.actors.relay), caf::actor_cast<caf::actor>(st.actors.store)})
    caf::anon_send_exit(actor, caf::exit_reason::kill);
  if (st.actors.admin)
    caf::anon_send_exit(st.actors.admin, caf::exit_reason::kill);
  for (const auto& actor : {st.actors.pulse, caf::actor_cast<caf::actor>(st.actors.placements), st.actors.news,
                            caf::actor_cast<caf::actor>(st.actors.asking), caf::actor_cast<caf::actor>(st.actors.links),
                            caf::actor_cast<caf::actor>(st.actors.certificates)})
    if (actor)
      caf::anon_send_exit(actor, caf::exit_reason::kill);
  if (st.parts.member) { // its threads may go on for a moment
    st.parts.member->when_news(nullptr);
    st.parts.member->when_wrote(nullptr);
    st.parts.member->tell_links({});
  }
  if (st.node) // who hears peers knows the audience, which knows the node
    self->system().middleman().backend().post([node = st.node, placed = st.placed] {
      node->hearers.clear();
      placed->end();
    });
  st.events.ended(status);
  self->quit();
}

} // namespace salond
