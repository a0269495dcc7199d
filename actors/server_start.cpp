#include "actors/admin/admin.hpp"
#include "actors/bans.hpp"
#include "actors/cluster/salons.hpp"
#include "actors/directory.hpp"
#include "actors/host.hpp"
#include "actors/indexer.hpp"
#include "actors/on_io_thread.hpp"
#include "actors/passwords.hpp"
#include "actors/persistence.hpp"
#include "actors/relay.hpp"
#include "actors/retention.hpp"
#include "actors/server_steps.hpp"
#include "actors/wall_clock.hpp"
#include "config/log.hpp"
#include "persistence/contracts/bans.hpp"
#include "persistence/contracts/sessions.hpp"
#include <unistd.h>

namespace salond {
namespace {

using pointer = server_pointer;

// The rounds of a node say within one whether others go on with its work.
constexpr auto gone_patience = std::chrono::seconds{5};

// Twice as many as accounts are remembered at all: an owner has an address or two.
constexpr size_t max_known = 2 * rules::login_throttle::max_known_accounts;

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
    all.known = committed.sessions.known_addresses(now - persistence::session_store::address_life, max_known);
  });
  return all;
}

} // namespace

void start_listener(pointer self, size_t which) {
  auto& st = self->state;
  auto opened = self->system().middleman().spawn_broker(listener, st.actors.clients, st.parts.doors[which]);
  self->monitor(opened);
  ++st.open_listeners;
  st.actors.listeners[which] = std::move(opened);
}

void start_bans(pointer self, std::vector<ban> out) {
  auto& st = self->state;
  st.actors.bans =
      self->spawn<caf::monitored>(bans, std::move(out), st.actors.store, st.actors.directory, st.actors.host,
                                  st.actors.relay, st.parts.certificates, st.actors.certificates);
}

void start_passwords(pointer self) {
  self->state.actors.passwords = self->spawn<caf::monitored>(passwords, self->state.parts.settings.passwords);
}

void start_indexer(pointer self) {
  auto& st = self->state;
  st.actors.indexer = self->spawn<caf::monitored>(indexer, st.actors.store, st.parts.member);
}

void start_retention(pointer self) {
  auto& st = self->state;
  st.actors.retention = caf::actor_cast<caf::actor>(
      self->spawn<caf::monitored>(retention, retention_parts{st.actors.store, st.actors.board, st.parts.member}));
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
  for (const auto& where : st.parts.settings.listen)
    if (where.type == config::endpoint::kind::unix_socket)
      parts.sockets.push_back(where.path);
  parts.started = st.started;
  parts.member = st.parts.member;
  parts.links = st.actors.links;
  parts.shared_certificates = st.actors.certificates;
  parts.asking = st.actors.asking;
  parts.retention = st.actors.board;
  parts.keep_requests = st.parts.settings.requests.keep_offline;
  st.actors.admin = self->spawn<caf::monitored>(admin, std::move(parts));
}

void start_all(pointer self) {
  auto& st = self->state;
  auto at_start = read_at_start(*st.parts.db); // before persistence owns the store
  st.database = st.parts.db->describe();
  st.started = wall_clock();
  st.actors.board = std::make_shared<retention_board>(st.parts.settings.retention);
  st.actors.clients = std::make_shared<audience>(st.parts.settings);
  if (st.parts.member && st.parts.links)
    st.node = std::make_shared<cluster::node>(self->system(), st.parts.member, *st.parts.links);
  st.actors.clients->node = st.node;
  st.actors.clients->certificate = st.parts.certificate;
  st.actors.clients->reserved.set(names_of_operators(st.parts.certificates).names);
  st.actors.clients->keep_out(told_of(at_start.addresses), self->clock().now());
  st.actors.clients->allowed.remember(at_start.known, self->clock().now(), st.started);
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
  st.actors.relay = self->system().middleman().spawn_broker(relay, st.actors.clients);
  self->monitor(st.actors.relay);
  st.actors.directory = self->spawn<caf::monitored>(directory, st.actors.store, st.actors.relay);
  st.actors.clients->store =
      st.actors.store; // nobody else has the audience yet: the listeners, which hand it on, come last
  st.actors.clients->directory = st.actors.directory;
  st.actors.clients->relay = st.actors.relay;
  start_sharing(self);
  st.actors.host = self->spawn<caf::monitored>(host, std::move(at_start.salons), st.actors.store, st.actors.relay,
                                               caf::actor_cast<server_actor>(self), st.placed);
  start_bans(self, std::move(at_start.out));
  start_passwords(self);
  start_node(self);
  start_indexer(self);
  start_retention(self);
  start_admin(self);
  st.actors.clients->services = {st.actors.bans, st.actors.passwords};
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

} // namespace salond
