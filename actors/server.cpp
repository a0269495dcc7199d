#include "actors/server.hpp"
#include "actors/admin/admin.hpp"
#include "actors/ask_store.hpp"
#include "actors/asking.hpp"
#include "actors/bans.hpp"
#include "actors/cluster/certificates.hpp"
#include "actors/cluster/news_reader.hpp"
#include "actors/cluster/notices.hpp"
#include "actors/cluster/pulse.hpp"
#include "actors/cluster/salons.hpp"
#include "actors/directory.hpp"
#include "actors/host.hpp"
#include "actors/on_io_thread.hpp"
#include "actors/passwords.hpp"
#include "actors/persistence.hpp"
#include "actors/relay.hpp"
#include "actors/wall_clock.hpp"
#include "config/log.hpp"
#include "persistence/contracts/bans.hpp"
#include "persistence/contracts/sessions.hpp"
#include <algorithm>
#include <unistd.h>

namespace salond {
namespace {

using pointer = server_actor::stateful_pointer<server_state>;

constexpr size_t most_listener_failures = 3; // a minute
constexpr size_t most_service_failures = 9;  // a minute

// The rounds of a node say within one whether others go on with its work.
constexpr auto gone_patience = std::chrono::seconds{5};
// The last words to other nodes are written in a turn or two of the loop.
constexpr auto farewell_patience = std::chrono::milliseconds{500};
// A drain closes some clients, waits so long, and closes the next ones.
constexpr auto drain_step = std::chrono::milliseconds{250};
// Whoever does not take his last words by then comes back without them.
constexpr auto lost_patience = std::chrono::seconds{2};

// Twice as many as accounts are remembered at all: an owner has an address or two.
constexpr size_t most_known = 2 * rules::login_throttle::most_known_accounts;

void end_of_node(pointer self, int status);

// --- start ---

void start_listener(pointer self, size_t which) {
  auto& st = self->state;
  auto opened =
      self->system().middleman().spawn_broker(listener, st.actors.house, st.parts.doors[which], st.parts.speaks);
  self->monitor(opened);
  ++st.open_listeners;
  st.actors.listeners[which] = std::move(opened);
}

void start_bans(pointer self, std::vector<ban> out) {
  auto& st = self->state;
  auto office = st.parts.certificates;
  if (st.actors.certificates && office.revoke)
    office.revoke = [revoke = office.revoke, to = st.actors.certificates](const std::string& name) {
      auto made = revoke(name);
      caf::anon_send(to, share_certificates{});
      return made;
    };
  st.actors.bans = self->spawn<caf::monitored>(bans, std::move(out), st.actors.store, st.actors.directory,
                                               st.actors.host, st.actors.relay, std::move(office));
}

void start_passwords(pointer self) {
  self->state.actors.passwords = self->spawn<caf::monitored>(passwords, self->state.parts.settings.passwords);
}

void start_admin(pointer self) {
  auto& st = self->state;
  if (!st.parts.operators)
    return;
  admin_parts parts;
  parts.who = st.parts.operators;
  parts.store = st.actors.store;
  parts.relay = st.actors.relay;
  parts.host = st.actors.host;
  parts.directory = st.actors.directory;
  parts.server = caf::actor_cast<server_actor>(self);
  parts.services = {st.actors.bans, st.actors.passwords};
  parts.certificates = st.parts.certificates;
  parts.configuration = st.parts.configuration;
  parts.database = st.database;
  parts.state = st.parts.settings.state;
  parts.started = st.started;
  parts.member = st.parts.member;
  parts.links = st.actors.links;
  parts.shared_certificates = st.actors.certificates;
  parts.asking = st.actors.asking;
  parts.keep_requests = st.parts.settings.requests.keep_offline;
  st.actors.admin = self->spawn<caf::monitored>(admin, std::move(parts));
}

/// Bans or passwords were started again.
void tell_of_services(pointer self) {
  const auto& actors = self->state.actors;
  if (actors.news)
    self->send(caf::actor_cast<news_actor>(actors.news), serving{actors.bans, actors.passwords});
  self->send(actors.relay, serving{actors.bans, actors.passwords});
  if (actors.admin)
    self->send(actors.admin, serving{actors.bans, actors.passwords});
}

std::string what_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& known) {
    return known.what();
  } catch (...) {
    return "unknown";
  }
}

/// What is read once, before anybody else has the store.
struct read_first {
  std::vector<stored_salon> salons;
  std::vector<ban> out;
  std::vector<address_ban> addresses;
  std::vector<persistence::known_address> known;
};

/// As one read, which ends: an open transaction would hold up whoever changes a table, and all who come behind him.
read_first read_at_start(persistence::store& db) {
  read_first all;
  db.read([&](const persistence::reading& committed) {
    const auto now = wall_clock();
    all.salons = read_salons(committed);
    all.out = committed.bans.all(now);
    all.addresses = committed.bans.addresses(now);
    all.known = committed.sessions.known_addresses(now - persistence::session_store::address_life, most_known);
  });
  return all;
}

/// Where there are several nodes. Its end would be the node's, for the others.
void start_pulse(pointer self) {
  auto& st = self->state;
  if (!st.parts.member)
    return;
  st.actors.pulse = caf::actor_cast<caf::actor>(
      spawn_on_io_thread(self->system(), pulse, st.parts.member, st.actors.house, st.placed, st.actors.store));
  self->monitor(st.actors.pulse);
  st.parts.member->when_gone([server = caf::actor_cast<server_actor>(self)] { caf::anon_send(server, node_lost{}); });
}

/// Where there are several nodes: operators ask for all of them. Its end would be the node's.
void start_asking(pointer self) {
  auto& st = self->state;
  if (!st.parts.member)
    return;
  asking_parts parts;
  parts.store = st.actors.store;
  parts.relay = st.actors.relay;
  parts.directory = st.actors.directory;
  parts.server = caf::actor_cast<server_actor>(self);
  parts.member = st.parts.member;
  parts.house = st.actors.house;
  parts.started = st.started;
  st.actors.asking = self->spawn<caf::monitored>(asking, std::move(parts));
}

/// Where there are several nodes: what others decide is to hold here. Its end would be the node's.
void start_news(pointer self) {
  auto& st = self->state;
  if (!st.parts.member)
    return;
  const auto open = std::make_shared<std::atomic<size_t>>(0);
  const auto run = st.parts.member->run();
  auto& peers = st.actors.house->peers;
  peers.run = run;
  if (st.node) {
    peers.send = [to = st.node.get()](cluster::node_id peer, cluster::frame_body what) {
      return to->send(peer, std::move(what));
    };
    st.node->hearers.push_back(std::make_shared<cluster::notices>(st.actors.house, st.parts.member, st.actors.asking));
  }
  const auto reader =
      self->spawn<caf::monitored>(news,
                                  news_hearers{st.actors.bans, st.actors.directory, st.actors.host, st.actors.relay,
                                               st.actors.certificates, caf::actor_cast<server_actor>(self)},
                                  run, open);
  tell_news(*st.parts.member, reader, open);
  st.parts.member->when_wrote([&loop = self->system().middleman().backend(), house = std::weak_ptr(st.actors.house),
                               member = std::weak_ptr(st.parts.member)] {
    loop.post([house, member] {
      const auto here = house.lock();
      const auto of = member.lock();
      if (here && of)
        cluster::tell_of_news(*here, *of);
    });
  });
  st.actors.news = caf::actor_cast<caf::actor>(reader);
}

/// Where there are several nodes: their lists of certificates are one. Its end would be the node's.
void start_certificates(pointer self) {
  auto& st = self->state;
  if (st.parts.member)
    st.actors.certificates = self->spawn<caf::monitored>(certificates, st.parts.certificates, st.parts.member,
                                                         st.actors.store, st.actors.relay);
}

/// Where there are several nodes: salons have a home among them. Its end would be the node's.
void start_placements(pointer self) {
  auto& st = self->state;
  if (!st.parts.member)
    return;
  cluster::send_to_peer send = [](cluster::node_id, const cluster::frame_body&) { return false; };
  if (st.node)
    send = [to = st.node.get()](cluster::node_id peer, cluster::frame_body what) {
      return to->send(peer, std::move(what));
    };
  st.placed = std::make_shared<cluster::salons>(st.parts.member, st.actors.house, std::move(send));
  if (st.node)
    st.node->hearers.push_back(st.placed);
  st.actors.placements = spawn_on_io_thread(self->system(), placements, st.placed);
  self->monitor(st.actors.placements);
}

/// Whoever hears other nodes has been added to the node's hearers before.
void begin_links_of(pointer self) {
  auto& st = self->state;
  if (!st.node)
    return;
  st.actors.links = cluster::start_links(self->system(), st.node, std::exchange(st.parts.links->at, {}));
  self->monitor(st.actors.links);
}

/// One of several nodes lets nobody in before another has reached it.
void wait_for_entrance(pointer self) {
  auto& st = self->state;
  st.entered = !st.parts.member;
  if (st.entered)
    return;
  const auto server = caf::actor_cast<server_actor>(self);
  if (!st.node)
    st.parts.member->let_in();
  else if (!st.parts.comes_back)
    st.node->entrance.when_refused([server](const std::string& why) { caf::anon_send(server, node_refused{why}); });
  st.parts.member->when_serving([server] { caf::anon_send(server, node_entered{}); });
}

void start_all(pointer self) {
  auto& st = self->state;
  auto at_start = read_at_start(*st.parts.db); // before persistence owns the store
  st.database = st.parts.db->describe();
  st.started = wall_clock();
  st.actors.house = std::make_shared<audience>(st.parts.settings);
  if (st.parts.member && st.parts.links)
    st.node = std::make_shared<cluster::node>(self->system(), st.parts.member, *st.parts.links);
  st.actors.house->node = st.node;
  st.actors.house->certificate = st.parts.certificate;
  st.actors.house->reserved.set(names_of_operators(st.parts.certificates).names);
  st.actors.house->keep_out(told_of(at_start.addresses), self->clock().now());
  st.actors.house->allowed.remember(at_start.known, self->clock().now(), st.started);
  auto db = std::make_shared<std::unique_ptr<persistence::store>>(std::move(st.parts.db));
  const auto broken = [member = st.parts.member](const std::string& why) {
    if (member && member->is_gone_within(gone_patience)) // this actor was told
      return;
    log::error("the database cannot be trusted any more; ending", {{"why", why}});
    log::flush();
    ::_exit(1); // at once: nothing that was answered depends on anything that is still to be done
  };
  st.actors.store = spawn_on_io_thread(self->system(), persistence_of, std::move(db), on_broken{broken});
  self->monitor(st.actors.store);
  st.actors.relay = self->system().middleman().spawn_broker(relay, st.actors.house);
  self->monitor(st.actors.relay);
  st.actors.directory = self->spawn<caf::monitored>(directory, st.actors.store, st.actors.relay);
  st.actors.house->store =
      st.actors.store; // nobody else has the audience yet: the listeners, which hand it on, come last
  st.actors.house->directory = st.actors.directory;
  st.actors.house->relay = st.actors.relay;
  start_placements(self);
  st.actors.host = self->spawn<caf::monitored>(host, std::move(at_start.salons), st.actors.store, st.actors.relay,
                                               caf::actor_cast<server_actor>(self), st.placed);
  start_certificates(self);
  start_bans(self, std::move(at_start.out));
  start_passwords(self);
  start_asking(self);
  start_news(self);
  start_pulse(self);
  wait_for_entrance(self);
  begin_links_of(self);
  start_admin(self);
  st.actors.house->services = {st.actors.bans, st.actors.passwords};
}

void open_doors(pointer self) {
  auto& st = self->state;
  if (st.stopping || !st.salons_are_open || !st.entered)
    return;
  st.actors.listeners.resize(st.parts.doors.size());
  st.listener_failures.resize(st.parts.doors.size());
  for (size_t i = 0; i < st.parts.doors.size(); ++i)
    start_listener(self, i);
  st.events.ready(st.actors);
}

// --- watch ---

void tell_of_change(pointer self) {
  if (self->state.events.changed)
    self->state.events.changed(self->state.actors);
}

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

void on_listener_failure(pointer self, size_t which) {
  auto& st = self->state;
  const auto where = st.parts.doors[which].where.to_string();
  if (st.listener_failures[which].add(self->clock().now()) > most_listener_failures) {
    log::error("a listener failed too often; ending", {{"at", where}});
    return end_of_node(self, 1);
  }
  log::error("a listener failed and is opened again", {{"at", where}});
  reopen_listener(self, which);
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

/// Once nobody is let in any more, who asked whether all of it holds is handed on to the relay.
void settle_if_closed(pointer self) {
  auto& st = self->state;
  if (st.stopping && st.open_listeners != 0)
    return;
  for (auto& one : std::exchange(st.settling, {}))
    self->request(st.actors.relay, caf::infinite, settle{})
        .then([one](settled) mutable { one.deliver(settled{}); },
              [one](caf::error& why) mutable { one.deliver(std::move(why)); });
}

/// False: it failed too often of late, and the node ends. What fails at once each time would fill the log for ever.
bool may_start_again(pointer self, const char* which, const caf::error& why) {
  if (self->state.service_failures[which].add(self->clock().now()) > most_service_failures) {
    log::error(std::string(which) + " failed ten times in a minute; ending", {{"why", to_string(why)}});
    end_of_node(self, 1);
    return false;
  }
  log::error(std::string(which) + " failed and is started again", {{"why", to_string(why)}});
  return true;
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
  if (down.source == st.actors.admin) {
    if (!may_start_again(self, "the admin actor", down.reason))
      return;
    start_admin(self);
    return tell_of_change(self); // the program publishes it anew
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

// --- stop ---

void close_doors(pointer self) {
  auto& st = self->state;
  for (auto& one : st.actors.listeners)
    caf::anon_send_exit(one, caf::exit_reason::kill);
  for (const auto& door : st.parts.doors)
    remove_file_of(door);
}

/// The last thing: all are sent home, and whoever waits for the end is told.
void end_of_node(pointer self, int status) {
  auto& st = self->state;
  close_doors(self);
  for (const auto& one :
       {caf::actor_cast<caf::actor>(st.actors.host), caf::actor_cast<caf::actor>(st.actors.bans),
        caf::actor_cast<caf::actor>(st.actors.passwords), caf::actor_cast<caf::actor>(st.actors.directory),
        caf::actor_cast<caf::actor>(st.actors.relay), caf::actor_cast<caf::actor>(st.actors.store)})
    caf::anon_send_exit(one, caf::exit_reason::kill);
  if (st.actors.admin)
    caf::anon_send_exit(st.actors.admin, caf::exit_reason::kill);
  for (const auto& one : {st.actors.pulse, caf::actor_cast<caf::actor>(st.actors.placements), st.actors.news,
                          caf::actor_cast<caf::actor>(st.actors.asking), caf::actor_cast<caf::actor>(st.actors.links),
                          caf::actor_cast<caf::actor>(st.actors.certificates)})
    if (one)
      caf::anon_send_exit(one, caf::exit_reason::kill);
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

void stop_in_order(pointer self) {
  auto& st = self->state;
  if (std::exchange(st.closing, true))
    return;
  st.stopping = true;
  close_doors(self);
  log::info("stopping: connections are closed");
  const auto begun = self->clock().now();
  const auto by = begun + std::chrono::seconds{std::max(1u, st.parts.settings.stop.seconds)};
  const auto left = [self, by] {
    return std::max<caf::timespan>(by - self->clock().now() - std::chrono::milliseconds{500},
                                   std::chrono::milliseconds{1});
  };
  const auto end = [self](const char* how, int status) {
    log::info(how);
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

/// Nothing of this run is stored any more, so nothing is waited for.
void leave_run(pointer self) {
  auto& st = self->state;
  if (std::exchange(st.closing, true))
    return; // it stops already
  st.stopping = true;
  close_doors(self);
  log::error("another node goes on with this one's work; clients are closed, and the node starts anew");
  if (st.actors.links) // other nodes hear nothing more of this run
    caf::anon_send(st.actors.links, end_links{"another node goes on with its work"});
  const auto end = [self] { end_of_node(self, start_anew); };
  self->request(st.actors.relay, lost_patience, close_all{event::refused{fault::storage, {}}})
      .then([end](const all_closed&) { end(); }, [end](caf::error&) { end(); });
}

/// Announces the stop. Said again, the last word counts; nobody is let in meanwhile.
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

/// One step of a drain; behind the last one what is left is closed as in any stop.
void drain_on_now(pointer self) {
  auto& st = self->state;
  if (st.closing)
    return;
  self->send(st.actors.relay, close_some{event::stopping{}, st.drain_steps, st.drain_left});
  if (--st.drain_left == 0)
    return stop_in_order(self);
  self->delayed_send(self, drain_step, drain_on{});
}

/// Asked again, the last word counts.
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

} // namespace

server_actor::behavior_type server(pointer self, std::shared_ptr<node_parts> parts, node_events events) {
  self->state.parts = std::move(*parts);
  self->state.events = std::move(events);
  self->set_error_handler([](caf::error& why) {
    log::warning("the server was told an error", {{"why", to_string(why)}});
  });
  self->set_down_handler([self](const caf::down_msg& down) { on_down(self, down); });
  self->set_exception_handler([ended = self->state.events.ended](std::exception_ptr& error) -> caf::error {
    log::error("the server failed; ending", {{"why", what_of(error)}});
    ended(1);
    return caf::exit_reason::unhandled_exception;
  });
  start_all(self);
  return {
      [self](const stop& msg) {
        msg.after_seconds <= 0 ? stop_in_order(self) // also while an announced stop waits
                               : stop_later(self, std::chrono::seconds{msg.after_seconds});
      },
      [self](const stop_now&) {
        if (self->clock().now() >= self->state.stop_at) // else another word came since, and another message will
          stop_in_order(self);
      },
      [self](const drain_node& msg) { begin_drain(self, std::chrono::seconds{msg.seconds}); },
      [self](const drain_on&) { drain_on_now(self); },
      [self](const node_lost&) { leave_run(self); },
      [self](const salons_open&) {
        self->state.salons_are_open = true;
        open_doors(self);
      },
      [self](const node_entered&) {
        self->state.entered = true;
        open_doors(self);
      },
      [self](const node_refused& msg) {
        log::error("this node does not serve: " + msg.why);
        end_of_node(self, 1);
      },
      [self](const retry_listener& msg) { reopen_listener(self, msg.listener); },
      [self](const retry_bans&) { restart_bans(self); },
      [self](const new_settings& now) {
        auto& st = self->state;
        st.parts.settings = *now.values;
        st.parts.certificate = now.certificate;
        self->send(st.actors.relay, now);
      },
      [self](const settle&) {
        auto answer = self->make_response_promise<settled>();
        self->state.settling.push_back(answer);
        settle_if_closed(self);
        return answer;
      },
  };
}

} // namespace salond
